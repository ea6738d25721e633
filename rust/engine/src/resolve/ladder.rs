//! The steps from a spelling to a row, each more forgiving than the last and none of them a guess.

use super::fold::{Token, fold, key, tokens, unordered_key};
use super::index::{By, Entry, Index, Of, Roles, roleless, words_key};
use super::reading::Reading;
use crate::names::Lookup;
use crate::nearest::similarity;
use crate::snapshot::Snapshot;
use crate::{Row, TermId};

/// What a step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Row(Row),
    /// Several rows, none of them preferred: nothing further is tried.
    Several(Vec<Row>),
    Nothing,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) folded: &'a str,
    pub(crate) read: Reading<'a>,
    /// Who may serve it, where that is said.
    pub(crate) providers: Option<Vec<TermId>>,
    /// The words in front that a row must explain: a maker, a route.
    pub(crate) said: Vec<&'a str>,
}

impl Asked<'_> {
    /// Whether a name is what was asked but for case and separators.
    fn is_whole(&self, name: &str) -> bool {
        (name.len() == self.folded.len() || !name.is_ascii()) && fold(name).as_deref() == Some(self.folded)
    }
}

/// A snapshot and the index of its names.
#[derive(Clone, Copy)]
pub(crate) struct Ladder<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) index: Index<'a>,
    pub(crate) roles: Roles,
}

impl<'a> Ladder<'a> {
    /// The readings of a folded text, the plainest first; `named` says who serves it.
    pub(crate) fn readings(self, folded: &'a str, named: Option<&[TermId]>) -> Vec<Asked<'a>> {
        let Some(read) = Reading::of(self.index.rules, folded) else { return Vec::new() };
        let split = read.splits().into_iter().find(|split| {
            // A maker; a provider that has its own name in a model's means something by it.
            split.route.last().is_some_and(|word| self.index.rules.owner(word).is_some())
        });
        [Some(read), split].into_iter().flatten().map(|read| self.ask(folded, read, named)).collect()
    }

    /// `openai:gpt-4o` as `openai/gpt-4o`: who serves it, in front of a colon.
    pub(crate) fn pathed(self, folded: String) -> String {
        let Some((word, name)) = folded.split_once(':').filter(|(word, _)| !word.contains('/')) else { return folded };
        if self.providers(word).is_some() || self.index.rules.owner(word).is_some() {
            return format!("{word}/{name}");
        }
        folded
    }

    fn ask(self, folded: &'a str, read: Reading<'a>, named: Option<&[TermId]>) -> Asked<'a> {
        let mut said = read.route.clone();
        let mut providers = named.map(<[TermId]>::to_vec);
        if providers.is_none()
            && let Some((at, found)) = said.iter().enumerate().find_map(|(at, word)| Some((at, self.providers(word)?)))
        {
            providers = Some(found);
            said.remove(at);
        } else if let Some(named) = &providers {
            // Who serves it may be said twice.
            said.retain(|word| self.providers(word).is_none_or(|found| !found.iter().any(|term| named.contains(term))));
        }
        Asked { folded, read, providers, said }
    }

    /// The providers that a word names, where any of them serves something.
    pub(crate) fn providers(self, word: &str) -> Option<Vec<TermId>> {
        let serves = |term: &TermId| self.snapshot.count_of(*term) > 0;
        let several = self.index.rules.gateways.get(word).into_iter().flatten();
        let found: Vec<TermId> =
            several.filter_map(|name| self.snapshot.facets.find(self.roles.provider, name)).filter(serves).collect();
        if !found.is_empty() {
            return Some(found);
        }
        let found: Vec<TermId> = self.index.providers(word).into_iter().filter(serves).collect();
        (!found.is_empty()).then_some(found)
    }

    pub(crate) fn is_live(self, row: Row) -> bool {
        self.snapshot.is_live(row)
    }

    pub(crate) fn base(self, row: Row) -> Option<TermId> {
        self.snapshot.facets.terms_in(row, self.roles.bare?).next()
    }

    /// Whether anybody is said to serve it.
    fn is_served(self, row: Row) -> bool {
        self.snapshot.facets.terms_in(row, self.roles.provider).next().is_some()
    }

    pub(crate) fn is_served_by(self, row: Row, providers: &[TermId]) -> bool {
        self.snapshot.facets.terms_in(row, self.roles.provider).any(|term| providers.contains(&term))
    }

    fn is_made_by(self, row: Row, owner: &str) -> bool {
        self.snapshot.facets.terms_in(row, self.roles.owner).any(|term| self.snapshot.facets.text(term) == owner)
    }

    /// Whether a word in front of a name says no more of a row than is so: its maker, or who serves it.
    fn fits(self, row: Row, word: &str) -> bool {
        self.index.rules.owner(word).is_some_and(|owner| self.is_made_by(row, owner))
            || self.providers(word).is_some_and(|providers| self.is_served_by(row, &providers))
    }

    /// Whether a name of a row says what was asked, and nothing else of weight.
    fn explains(self, row: Row, route: &[&str], asked: &Asked<'_>) -> bool {
        asked.said.iter().all(|word| route.contains(word) || self.fits(row, word))
            && route.iter().all(|word| asked.read.route.contains(word) || self.fits(row, word))
    }

    /// What the names under a key come to, of which `counts` tells which to look at.
    fn decide(self, by: By, wanted: &str, asked: &Asked<'a>, counts: impl Fn(&Entry) -> bool) -> Step {
        let mark = asked.read.mark();
        let (mut rows, mut bare): (Vec<Row>, Vec<TermId>) = (Vec::new(), Vec::new());
        let (mut bases, mut whole): (Vec<TermId>, Vec<Row>) = (Vec::new(), Vec::new());
        for entry in self.index.find(by, wanted).filter(|entry| counts(entry)) {
            if !self.is_there(entry) {
                continue;
            }
            let base = match entry.of {
                Of::Bare(term) => Some(term),
                Of::Row(row) => self.base(row),
            };
            if asked.providers.is_some() || entry.is_marked(&mark) {
                bases.extend(base);
            }
            match entry.of {
                Of::Bare(term) if mark.is_empty() => bare.push(term),
                Of::Row(row) if entry.is_marked(&mark) => {
                    if asked.is_whole(&entry.text) {
                        whole.push(row);
                    }
                    if self.is_meant(row, &entry.text, asked) {
                        rows.push(row);
                    }
                }
                _ => {}
            }
        }
        for rows in [&mut rows, &mut whole] {
            rows.sort_unstable();
            rows.dedup();
        }
        bases.sort_unstable();
        bases.dedup();
        // A bare name that is written so goes before an alias that is.
        if bare.iter().any(|term| asked.is_whole(self.snapshot.facets.text(*term))) {
            whole.clear();
        }
        // The whole of a name but for case and separators says more than any part of one.
        if let [row] = *whole
            && asked.providers.as_ref().is_none_or(|providers| self.is_served_by(row, providers))
        {
            return Step::Row(row);
        }
        bases.retain(|base| self.is_spelling(*base, asked));
        if let Some(providers) = &asked.providers {
            return self.served(rows, bases, providers, asked);
        }
        self.anywhere(rows, &bare, &bases, asked)
    }

    /// Whether a row is served by who was said, and this name of it explains all words that were.
    fn is_meant(self, row: Row, name: &str, asked: &Asked<'_>) -> bool {
        match &asked.providers {
            Some(providers) if !self.is_served_by(row, providers) => return false,
            None if asked.said.is_empty() => return true,
            _ => {}
        }
        let folded = fold(name).unwrap_or_default();
        let Some(read) = Reading::of(self.index.rules, &folded) else { return false };
        match asked.providers {
            Some(_) => self.explains(row, &read.route, asked),
            // Whoever stands in front of a name serves it, or passes it on: the same word in the middle of the
            // id that a gateway gives is another's offering.
            None => {
                let unserved = !self.is_served(row);
                let serves_nothing = |word: &str| unserved || self.index.rules.is_organisation(word);
                asked.said.iter().all(|word| self.fits(row, word) || serves_nothing(word) && read.route.contains(word))
            }
        }
    }

    /// Nobody is said to serve it: the row that the bare name means, else the only one.
    fn anywhere(self, rows: Vec<Row>, bare: &[TermId], bases: &[TermId], asked: &Asked<'_>) -> Step {
        let fits = |row: &Row| rows.contains(row) || asked.said.iter().all(|word| self.fits(*row, word));
        // A name that only offerings of one base have is a name of that base.
        let of_one = match bases {
            [base] if asked.read.mark().is_empty() => Some(*base),
            _ => None,
        };
        let is_text = |base: &TermId| fold(self.snapshot.facets.text(*base)).as_deref() == Some(asked.folded);
        let same: Vec<TermId> = bare.iter().copied().filter(is_text).collect();
        let bare = match (bare, same.as_slice()) {
            ([], _) => of_one.as_slice(),
            // Two bare names that differ in separators: the one that was written.
            (_, [base]) => std::slice::from_ref(base),
            (all, _) => all,
        };
        let mut meant: Vec<Row> = Vec::new();
        for base in bare {
            let text = self.snapshot.facets.text(*base);
            match self.snapshot.lookup(text) {
                Lookup::Ambiguous(_) => meant.extend(self.snapshot.bare_candidates(text).into_iter().filter(fits)),
                found => meant.extend(found.row().filter(fits)),
            }
        }
        // What a provider serves under a name of its own is not answered to those who name nobody.
        let rows = rows.into_iter().filter(|row| self.base(*row).is_some() || !self.is_served(*row));
        let mut rows = if meant.is_empty() { rows.collect() } else { meant };
        rows.sort_unstable();
        rows.dedup();
        self.alone(rows, asked)
    }

    /// The only row, or the only one whose id is what was asked but for case.
    fn alone(self, rows: Vec<Row>, asked: &Asked<'_>) -> Step {
        let is_id = |row: &&Row| self.snapshot.names.id(**row).and_then(fold).as_deref() == Some(asked.folded);
        match *rows.as_slice() {
            [] => Step::Nothing,
            [row] => Step::Row(row),
            _ => {
                let mut same = rows.iter().filter(is_id);
                match (same.next(), same.next()) {
                    (Some(row), None) => Step::Row(*row),
                    _ => Step::Several(rows),
                }
            }
        }
    }

    /// Whether what was asked is the base in another spelling: the same letters, and the same digits in all.
    fn is_spelling(self, base: TermId, asked: &Asked<'_>) -> bool {
        let bare = |text: &str| text.chars().filter(|char| char.is_alphanumeric()).collect::<String>();
        let base = fold(self.snapshot.facets.text(base)).unwrap_or_default();
        bare(&key(&asked.read.core)) == bare(&base) || words_key(&asked.read) == self.words_of(&base)
    }

    fn words_of(self, folded: &str) -> Option<String> {
        Reading::of(self.index.rules, folded).and_then(|read| words_key(&read))
    }

    /// It is said who serves it: their only row of that name, or of a base that has that name elsewhere.
    fn served(self, mut rows: Vec<Row>, bases: Vec<TermId>, providers: &[TermId], asked: &Asked<'_>) -> Step {
        if rows.is_empty() {
            rows = bases.iter().flat_map(|base| self.elsewhere(*base, providers, asked)).collect();
        }
        match *rows.as_slice() {
            [] => Step::Nothing,
            [row] => Step::Row(row),
            _ => {
                // The one that says no word more than was asked.
                let exact: Vec<Row> = rows.iter().copied().filter(|row| self.says_no_more(*row, asked)).collect();
                if let [row] = *exact { Step::Row(row) } else { self.alone(rows, asked) }
            }
        }
    }

    fn says_no_more(self, row: Row, asked: &Asked<'_>) -> bool {
        let folded = self.snapshot.names.id(row).and_then(fold).unwrap_or_default();
        Reading::of(self.index.rules, &folded).is_some_and(|read| {
            let more =
                |word: &&&str| !asked.read.route.contains(word) && !self.is_served_by(row, &self.index.providers(word));
            read.route.iter().filter(more).count() == 0
        })
    }

    /// The rows of a base that these providers serve under a name of their own, which differs from the base's
    /// only by who makes or serves it.
    fn elsewhere(self, base: TermId, providers: &[TermId], asked: &Asked<'_>) -> Vec<Row> {
        let text = self.snapshot.facets.text(base);
        let folded_base = fold(text).unwrap_or_default();
        let base_tokens = tokens(&folded_base);
        let rows = self.snapshot.bare_candidates(text).into_iter().filter(|row| self.is_served_by(*row, providers));
        rows.filter(|row| {
            let folded = self.snapshot.names.id(*row).and_then(fold).unwrap_or_default();
            Reading::of(self.index.rules, &folded).is_some_and(|read| {
                let bared = read.bared(|word| self.fits(*row, word));
                let is_bared = |tokens: &[Token<'_>]| {
                    key(bared) == key(tokens)
                        || unordered_key(bared).is_some_and(|words| Some(words) == unordered_key(tokens))
                };
                read.mark() == asked.read.mark()
                    && self.explains(*row, &read.route, asked)
                    && (is_bared(&base_tokens) || is_bared(asked.read.bared(|word| self.fits(*row, word))))
            })
        })
        .collect()
    }

    /// The name as it stands.
    pub(crate) fn folded(self, asked: &Asked<'a>) -> Step {
        let core = key(&asked.read.core);
        let step = self.decide(By::Core, &core, asked, |entry| entry.is_alike(&asked.read));
        // `x:latest` where there is an `x-latest` too may be either.
        if asked.read.tagged_newest
            && let Step::Row(plain) = step
            && let Step::Row(newest) = self.decide(By::Core, &core, asked, |entry| entry.newest)
            && plain != newest
        {
            return Step::Several(vec![plain, newest]);
        }
        step
    }

    /// Its words in another order.
    pub(crate) fn reordered(self, asked: &Asked<'a>) -> Step {
        let Some(words) = words_key(&asked.read) else { return Step::Nothing };
        self.decide(By::Words, &words, asked, |entry| entry.is_alike(&asked.read))
    }

    /// With a role that was left out: of a name that says its size, where nobody is said to serve it, and where
    /// no model at all stands both with and without one.
    pub(crate) fn trained(self, asked: &Asked<'a>) -> Step {
        let core = asked.read.core.as_slice();
        let is_size = |pair: &[Token<'_>]| pair[0].number && pair[1].text == "b" && !pair[1].apart;
        if asked.providers.is_some()
            || !core.windows(2).any(is_size)
            || roleless(self.index.rules, &asked.read).is_some()
        {
            return Step::Nothing;
        }
        match self.decide(By::Roleless, &key(core), asked, |entry| !entry.newest) {
            Step::Nothing => Step::Nothing,
            _ if self.index.roles_matter() => Step::Nothing,
            step => step,
        }
    }

    /// The family of a dated name; or the dated name of a family, where there is one or the newest is asked for.
    pub(crate) fn dated(self, asked: &Asked<'a>) -> Step {
        let undated = key(asked.read.undated());
        // The same date, written as another provider does.
        match self.decide(By::Core, &key(&asked.read.core), asked, |entry| entry.newest == asked.read.newest) {
            Step::Nothing => {}
            step => return step,
        }
        let mut family = asked.clone();
        family.read.core.truncate(asked.read.undated().len());
        family.read.date = None;
        if let Some((len, day)) = asked.read.date {
            let whole = key(&asked.read.core);
            if self.is_nearly_known(&asked.read, &undated)
                || self.index.find(By::Begun, &whole).any(|entry| self.is_there(entry))
            {
                return Step::Nothing;
            }
            // The listed day that agrees with all that is said of it.
            let said: String = asked.read.core[asked.read.core.len() - len..].iter().map(|token| token.text).collect();
            let agrees = |listed: u32| match day {
                Some(day) if day.is_multiple_of(100) || listed.is_multiple_of(100) => day / 100 == listed / 100,
                Some(day) => day == listed,
                None => format!("{:04}", listed % 10_000) == said,
            };
            let step = self.decide(By::Undated, &undated, &family, |entry| self.day(&entry.text).is_some_and(agrees));
            if step != Step::Nothing {
                return step;
            }
        }
        if asked.read.date.is_some() || asked.read.newest {
            // Who says a date does not ask for whatever is the newest.
            let dated = asked.read.date.is_some();
            let step = self.decide(By::Core, &undated, &family, |entry| !dated || !entry.newest);
            if step != Step::Nothing || asked.read.date.is_some() {
                return step;
            }
        }
        // Only who asks for the newest is led to a name that moves.
        match self.decide(By::Undated, &undated, &family, |entry| asked.read.newest || !entry.newest) {
            Step::Several(rows) if asked.read.newest => self.newest(&rows).map_or(Step::Several(rows), Step::Row),
            step => step,
        }
    }

    /// Whether a name with this date differs by one character from what was asked: then that may be meant, and
    /// not a date of the family that nobody lists.
    fn is_nearly_known(self, read: &Reading<'_>, undated: &str) -> bool {
        let one = |name: &str| {
            let folded = fold(name).unwrap_or_default();
            Reading::of(self.index.rules, &folded).is_some_and(|read| is_one_apart(undated, &key(read.undated())))
        };
        let date = key(&read.core[read.undated().len()..]);
        self.index.find(By::Date, &date).filter(|entry| self.is_there(entry)).any(|entry| one(&entry.text))
    }

    /// The day that a name says, with its year.
    fn day(self, name: &str) -> Option<u32> {
        Reading::of(self.index.rules, &fold(name)?)?.date?.1
    }

    pub(crate) fn is_there(self, entry: &Entry) -> bool {
        match entry.of {
            Of::Row(row) => self.is_live(row),
            Of::Bare(term) => self.snapshot.count_of(term) > 0,
        }
    }

    /// The row with the latest date in its name, where one alone has it and all say a year.
    fn newest(self, rows: &[Row]) -> Option<Row> {
        let day = |row: &Row| Some((self.day(self.snapshot.names.id(*row)?)?, *row));
        let mut days = rows.iter().map(day).collect::<Option<Vec<_>>>()?;
        days.sort_unstable_by(|one, other| other.cmp(one));
        match *days.as_slice() {
            [(_, row)] => Some(row),
            [(last, row), (before, _), ..] if last > before => Some(row),
            _ => None,
        }
    }
}

/// Whether two texts differ by one character put in, taken out or changed.
#[expect(clippy::cast_precision_loss, reason = "lengths of names")]
fn is_one_apart(one: &str, other: &str) -> bool {
    let longer = one.chars().count().max(other.chars().count());
    ((1.0 - similarity(one, other)) * longer as f64 - 1.0).abs() < 0.5
}
