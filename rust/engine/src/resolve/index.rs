//! Where names are found by what they say: made of the names as they were when their table was made, and a
//! small one of what changed since.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::BuildHasher;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::fast::RandomState;

use super::fold::{fold, key, tokens, unordered_key};
use super::reading::{EDGES, Reading};
use super::rules::Rules;
use super::typo::Slips;
use crate::facets::Facets;
use crate::names::Names;
use crate::once::Once;
use crate::vocabulary::Vocabulary;
use crate::{FacetId, Row, TermId};

/// Under which key a name is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// Letters and numbers in order.
    Core,
    /// Words in any order.
    Words,
    /// The name without its date.
    Undated,
    /// The date alone.
    Date,
    /// The name up to a date with more words behind it.
    Begun,
    /// The name without its role.
    Roleless,
}

/// Which facets names are read with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Roles {
    pub(crate) bare: Option<FacetId>,
    pub(crate) provider: FacetId,
    pub(crate) owner: FacetId,
}

/// A name: of a row, or a bare one.
#[derive(Clone, Debug)]
pub(crate) enum Of {
    Row(Row),
    Bare(TermId),
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) text: Arc<str>,
    pub(crate) of: Of,
    /// What the offering is besides its name (see [`Reading::mark`]); nothing for the plain one.
    mark: Option<Box<str>>,
    /// Whether it is the word for the newest of its line, and whether a date stands behind an `@` in it.
    pub(crate) newest: bool,
    pub(crate) at: bool,
}

impl Entry {
    pub(crate) fn is_marked(&self, mark: &str) -> bool {
        self.mark.as_deref().unwrap_or_default() == mark
    }

    /// Whether the name is written as the text is.
    pub(crate) fn is_alike(&self, read: &Reading<'_>) -> bool {
        self.newest == read.newest && self.at == read.at
    }
}

/// What is known of a word.
#[derive(Clone, Debug, Default)]
struct Word {
    /// How many names of rows have it.
    names: u32,
    /// The bare names that have it.
    bare: Vec<TermId>,
}

/// Names by their keys.
///
/// A key is known by 64 bits under a seed of the process: that two meet is less likely than that the machine errs.
#[derive(Debug, Default)]
pub(crate) struct Part {
    entries: Vec<Entry>,
    /// Hash and number of an entry, sorted.
    keys: Vec<(u64, u32)>,
    words: HashMap<Box<str>, Word, RandomState>,
    slips: Slips,
    /// The names that have a role, without it.
    roles: Vec<Box<str>>,
    providers: HashMap<Box<str>, Vec<TermId>, RandomState>,
    hasher: RandomState,
    /// How many terms there were.
    terms: TermId,
}

impl Part {
    /// The names that `named` gives, and the terms from `first` on.
    pub(crate) fn of<'a>(
        vocabulary: &Vocabulary,
        roles: Roles,
        facets: &Facets,
        first: TermId,
        named: impl Iterator<Item = (&'a str, Row)>,
    ) -> Self {
        let (rules, terms) = (vocabulary.rules(), facets.len() as TermId);
        let mut made = Self { terms, ..Self::default() };
        for (text, row) in named {
            made.add(rules, text, Of::Row(row));
        }
        for term in (first..made.terms).chain(facets.own_terms()) {
            let text = facets.text(term);
            if facets.facet(term) == roles.bare {
                made.add(rules, text, Of::Bare(term));
            } else if facets.facet(term) == Some(roles.provider)
                && let Some(folded) = fold(text)
            {
                made.providers.entry(folded.into()).or_default().push(term);
            }
        }
        let synonyms = if first == 0 { vocabulary.facets().get(usize::from(roles.provider)) } else { None };
        for synonym in synonyms.into_iter().flat_map(|facet| facet.synonyms.keys()) {
            if let Some((folded, term)) = fold(synonym).zip(facets.find(roles.provider, synonym)) {
                let there = made.providers.entry(folded.into()).or_default();
                if there.is_empty() {
                    there.push(term);
                }
            }
        }
        made.keys.sort_unstable();
        made.slips = Slips::of(made.words.keys().map(|word| &**word));
        made
    }

    fn add(&mut self, rules: &Rules, text: &str, of: Of) {
        let Some(folded) = fold(text) else { return };
        words_in(&folded, |word| {
            if !self.words.contains_key(word) {
                self.words.insert(word.into(), Word::default());
            }
            if let Some(word) = self.words.get_mut(word) {
                match of {
                    Of::Row(_) => word.names += 1,
                    Of::Bare(term) if word.bare.last() == Some(&term) => {}
                    Of::Bare(term) => word.bare.push(term),
                }
            }
        });
        let Some(read) = Reading::of(rules, &folded) else { return };
        let number = self.entries.len() as u32;
        let mut put = |by, key: &str| self.keys.push((hash(&self.hasher, by, key), number));
        put(By::Core, &key(&read.core));
        if let Some(words) = words_key(&read) {
            put(By::Words, &words);
        }
        if read.date.is_some() || read.newest {
            put(By::Undated, &key(read.undated()));
        }
        if read.date.is_some() {
            put(By::Date, &key(&read.core[read.undated().len()..]));
        }
        for dated in read.dates_within() {
            put(By::Begun, &key(dated));
        }
        if let Some(key) = roleless(rules, &read) {
            put(By::Roleless, &key);
            self.roles.push(key.into());
        }
        let mark = Some(read.mark()).filter(|mark| !mark.is_empty()).map(String::into_boxed_str);
        self.entries.push(Entry { text: Arc::from(text), of, mark, newest: read.newest, at: read.at });
    }

    pub(crate) fn find<'a>(&'a self, by: By, key: &str) -> impl Iterator<Item = &'a Entry> + use<'a> {
        let hash = hash(&self.hasher, by, key);
        let from = self.keys.partition_point(|(other, _)| *other < hash);
        let found = self.keys[from..].iter().take_while(move |(other, _)| *other == hash);
        found.filter_map(|(_, number)| self.entries.get(*number as usize))
    }

    fn providers(&self, word: &str) -> &[TermId] {
        self.providers.get(word).map_or(&[], Vec::as_slice)
    }

    /// The words that `word` may be a slip of.
    pub(crate) fn corrections(&self, word: &str, known: impl Fn(&str) -> bool) -> Vec<(usize, &str)> {
        self.slips.corrections(word, known)
    }
}

/// Calls `put` with the words of a folded name: the letters in it, and the whole of each word in front, behind a slash.
fn words_in(folded: &str, mut put: impl FnMut(&str)) {
    tokens(folded).iter().filter(|token| !token.number).for_each(|token| put(token.text));
    let mut front = String::new();
    for word in folded.split('/').rev().skip(1) {
        front.clear();
        front.push('/');
        front.push_str(word.trim_matches(EDGES));
        put(&front);
    }
}

fn hash(hasher: &RandomState, by: By, key: &str) -> u64 {
    hasher.hash_one((by as u8, key))
}

/// The key of the words in any order; a date stays where it is.
pub(crate) fn words_key(read: &Reading<'_>) -> Option<String> {
    let undated = read.undated();
    let words = unordered_key(undated)?;
    Some(format!("{words}|{}", key(&read.core[undated.len()..])))
}

/// The key of a name without the role that it ends in.
pub(crate) fn roleless(rules: &Rules, read: &Reading<'_>) -> Option<String> {
    let [rest @ .., last] = read.core.as_slice() else { return None };
    (last.apart && rules.meaning(last.text).role && rest.iter().any(|token| !token.number)).then(|| key(rest))
}

/// The names of a snapshot: those as they were when the table was made but for the changed rows, and the changed.
#[derive(Clone, Copy)]
pub(crate) struct Index<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) main: &'a Part,
    pub(crate) since: &'a Since,
    pub(crate) names: &'a Names,
    pub(crate) facets: &'a Facets,
    /// The facet of bare names.
    pub(crate) bare: Option<FacetId>,
}

impl<'a> Index<'a> {
    /// The names under a key, those of changed rows as they are now.
    pub(crate) fn find(self, by: By, key: &str) -> impl Iterator<Item = &'a Entry> + use<'a> {
        let there = move |entry: &&Entry| match entry.of {
            Of::Row(row) => !self.names.was_changed(row),
            Of::Bare(_) => true,
        };
        self.main.find(by, key).filter(there).chain(self.since.part.find(by, key))
    }

    /// The providers that a folded word names and that serve something: several where their terms differ in
    /// separators or case alone.
    pub(crate) fn providers(self, word: &str) -> Vec<TermId> {
        let all = self.main.providers(word).iter().chain(self.since.part.providers(word)).copied();
        all.filter(|term| self.facets.count(*term) > 0).collect()
    }

    /// The words that a word which nobody uses may be a slip of, one behind a colon or another: those with the
    /// fewest slips, sorted.
    pub(crate) fn corrections(self, word: &str, behind: bool) -> Vec<&'a str> {
        // A word with a part that is known is edited in its other parts only: `alibaba-us` has two known ones.
        if word.contains('-') && word.trim_start_matches('/').split('-').all(|part| self.knows(part)) {
            return Vec::new();
        }
        if self.rules.is_ordinary(word.trim_start_matches('/')) {
            return Vec::new();
        }
        // What kind of offering it is, or where, is never guessed.
        let known =
            |word: &str| self.knows(word) && (behind || !self.rules.parts_offerings(word.trim_start_matches('/')));
        let mut found = self.main.corrections(word, known);
        found.extend(self.since.part.corrections(word, known));
        found.sort_unstable();
        found.dedup();
        let fewest = found.first().map(|(slips, _)| *slips);
        found.into_iter().filter(|(slips, _)| Some(*slips) == fewest).map(|(_, word)| word).collect()
    }

    /// Whether any name stands with a role and without: then a role is never left out.
    pub(crate) fn roles_matter(self) -> bool {
        let known = &self.since.roles_matter;
        let version = self.bare.map_or(0, |facet| self.facets.version(facet)) + 1;
        let there = known.load(Ordering::Relaxed);
        if there >> 1 == version {
            return there & 1 == 1;
        }
        let is_there = |entry: &Entry| match entry.of {
            Of::Row(_) => true,
            Of::Bare(term) => self.facets.count(term) > 0,
        };
        let mut bare = self.main.roles.iter().chain(&self.since.part.roles);
        let matter =
            bare.any(|name| self.find(By::Core, name).any(is_there) && self.find(By::Roleless, name).any(is_there));
        known.store(version << 1 | u64::from(matter), Ordering::Relaxed);
        matter
    }

    /// Whether any name has this word, or a word in front of one with its slash: then it is no slip.
    pub(crate) fn knows(self, word: &str) -> bool {
        let live = |term: &TermId| self.facets.count(*term) > 0;
        let front = word.strip_prefix('/');
        if front
            .map_or_else(|| self.rules.knows(word), |front| self.rules.has(front) || !self.providers(front).is_empty())
        {
            return true;
        }
        let (mut names, mut bare) = (0, false);
        for part in [self.main, &self.since.part] {
            if let Some(there) = part.words.get(word) {
                names += there.names;
                bare |= there.bare.iter().any(live);
            }
        }
        bare || names > self.since.gone.get(word).copied().unwrap_or(0)
    }
}

/// What changed since the table of names was made.
#[derive(Debug, Default)]
pub(crate) struct Since {
    part: Part,
    /// Whether any name stands with a role and without, and at which version of the bare names that was asked; 0 where
    /// it was not.
    roles_matter: AtomicU64,
    /// How many names that are no longer so have each word.
    gone: HashMap<Box<str>, u32, RandomState>,
}

impl Since {
    pub(crate) fn of(vocabulary: &Vocabulary, roles: Roles, facets: &Facets, names: &Names, main: &Part) -> Self {
        let part = Part::of(vocabulary, roles, facets, main.terms, names.since());
        let mut gone: HashMap<Box<str>, u32, RandomState> = HashMap::default();
        for folded in names.gone().filter_map(fold) {
            words_in(&folded, |word| *gone.entry(word.into()).or_default() += 1);
        }
        Self { part, gone, ..Self::default() }
    }

    /// Whether it was made when there were so many terms.
    pub(crate) fn knows(&self, terms: usize) -> bool {
        self.part.terms as usize >= terms
    }
}

/// The two parts of the index of a table of names, made when first asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    main: Arc<Once<Part>>,
    since: Arc<Once<Since>>,
}

impl Parts {
    /// The names are no longer what they were.
    pub(crate) fn forget_since(&mut self) {
        // Of one's own and not made: as it is after the first of many changes.
        if Arc::strong_count(&self.since) > 1 || self.since.get().is_some() {
            self.since = Arc::default();
        }
    }

    /// A new table was made of the names.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Terms were added, of which what was made may not know.
    pub(crate) fn check(&mut self, terms: usize) {
        if self.since.get().is_some_and(|since| !since.knows(terms)) {
            self.forget_since();
        }
    }

    pub(crate) fn main(&self, make: impl FnOnce() -> Part) -> &Part {
        let Ok(made) = self.main.get_or_make(|| Ok::<_, Infallible>(make()));
        made
    }

    pub(crate) fn since(&self, make: impl FnOnce() -> Since) -> &Since {
        let Ok(made) = self.since.get_or_make(|| Ok::<_, Infallible>(make()));
        made
    }
}
