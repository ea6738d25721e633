//! A folded name taken apart: the words in front, the place, the name itself, what stands behind it.

use super::fold::{Token, tokens};
use super::rules::Rules;

/// What a name says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "what a name says or does not")]
pub(crate) struct Reading<'a> {
    /// The words in front, in order, but for those that say nothing.
    pub(crate) route: Vec<&'a str>,
    pub(crate) place: Option<&'a str>,
    /// The name as text, but for what stands behind a `:` or an `@`; where the first tokens say they begin.
    name: &'a str,
    /// The name itself.
    pub(crate) core: Vec<Token<'a>>,
    /// What makes it another offering of the model, sorted.
    pub(crate) tags: Vec<&'a str>,
    /// Whether the newest of several is asked for.
    pub(crate) newest: bool,
    /// Whether the word for the newest stands behind a colon or an `@`.
    pub(crate) tagged_newest: bool,
    /// Whether something is missing: a digit beside a point, the end of the name.
    pub(crate) broken: bool,
    /// Whether a date or a size stands behind an `@`: how a provider calls a snapshot that others call by its date.
    pub(crate) at: bool,
    /// The date at the end of the name: how many of its tokens, and the day where it says one.
    pub(crate) date: Option<(usize, Option<u32>)>,
}

/// A maker's name has at most so many words.
const FRONT_WORDS: usize = 3;

/// What stands around the words of a path.
pub(crate) const EDGES: [char; 6] = ['-', '.', '@', ':', '~', '#'];

impl<'a> Reading<'a> {
    /// Reads a folded text; nothing where there is no letter in the name itself.
    pub(crate) fn of(rules: &Rules, folded: &'a str) -> Option<Self> {
        let mut read = Self::default();
        let mut segments: Vec<&str> = folded.split('/').filter(|segment| !segment.is_empty()).collect();
        let last = segments.pop().filter(|_| !folded.ends_with('/'))?;
        for segment in segments {
            read.word(rules, segment.trim_matches(EDGES));
        }
        let (name, behind) = last
            .char_indices()
            .skip(1)
            .find(|(_, char)| matches!(char, ':' | '@'))
            .map_or((last, ""), |(at, _)| last.split_at(at));
        let name = read.dotted(rules, name.trim_matches(EDGES));
        read.name = name;
        read.broken = is_broken(last);
        read.core = tokens(name);
        let ends = behind.char_indices().filter(|(_, char)| matches!(char, ':' | '@')).map(|(at, _)| at);
        for at in ends {
            let (mark, rest) = behind.split_at(at + 1);
            let part = rest.split([':', '@']).next().unwrap_or_default();
            if !part.is_empty() {
                read.behind(rules, part, mark.ends_with('@'));
            }
        }
        read.endings(rules);
        read.date = date(&read.core);
        if read.date.is_none() {
            read.revision();
        }
        read.tags.sort_unstable();
        read.tags.dedup();
        read.core.iter().any(|token| !token.number).then_some(read)
    }

    /// A word in front of the name.
    fn word(&mut self, rules: &Rules, word: &'a str) {
        let meaning = rules.meaning(word);
        if meaning.place && self.place.is_none() {
            self.place = Some(word);
        } else if !meaning.idle && !word.is_empty() {
            self.route.push(word);
        }
    }

    /// Takes `us.anthropic.` off: places and makers in front of a point.
    fn dotted(&mut self, rules: &Rules, mut name: &'a str) -> &'a str {
        while let Some((word, rest)) = name.split_once('.')
            && rest.starts_with(|char: char| char.is_alphabetic())
            && (rules.meaning(word).place || rules.owner(word).is_some())
        {
            self.word(rules, word);
            name = rest;
        }
        name
    }

    /// What stands behind a `:`, or behind an `@`.
    fn behind(&mut self, rules: &Rules, part: &'a str, at: bool) {
        let meaning = rules.meaning(part);
        self.tagged_newest |= meaning.newest;
        if meaning.place && self.place.is_none() {
            self.place = Some(part);
        } else if meaning.tag {
            self.tags.push(part);
        } else if part == "0" && ends_in_revision(&self.core) || meaning.silent || meaning.newest {
            // `-v1:0`: the revision is said before it. `:latest`: what is there is the latest.
        } else {
            // A size or a date: part of the name, as `llama3.1:8b` is `llama-3.1-8b`.
            self.at |= at;
            let mut more = tokens(part);
            if let Some(first) = more.first_mut() {
                first.apart = true;
            }
            self.core.append(&mut more);
        }
    }

    /// Words at the end of the name that are none of it: `-free`, `-latest`.
    fn endings(&mut self, rules: &Rules) {
        while self.core.len() > 1
            && let Some(last) = self.core.last().filter(|last| last.apart && !last.number)
        {
            let meaning = rules.meaning(last.text);
            if meaning.newest {
                self.newest = true;
            } else if meaning.ending {
                self.tags.push(last.text);
            } else {
                return;
            }
            self.core.pop();
        }
    }

    /// `20250929-v1`: the revision of a dated name; the first goes without saying.
    fn revision(&mut self) {
        if !ends_in_revision(&self.core) {
            return;
        }
        let kept = self.core.len() - 2;
        let dated = date(&self.core[..kept]);
        if dated.is_some() {
            let number = self.core[kept + 1].text;
            if number != "1" {
                self.tags.push(number);
            }
            self.core.truncate(kept);
            self.date = dated;
        }
    }

    /// What the offering is besides its name: where, and what kind. Empty for the plain one.
    pub(crate) fn mark(&self) -> String {
        if self.place.is_none() && self.tags.is_empty() {
            return String::new();
        }
        format!("{}@{}", self.tags.join(":"), self.place.unwrap_or_default())
    }

    /// The tokens of the name without its date.
    pub(crate) fn undated(&self) -> &[Token<'a>] {
        &self.core[..self.core.len() - self.date.map_or(0, |(len, _)| len)]
    }

    /// The beginnings of the name that end in a date, with more words behind.
    pub(crate) fn dates_within(&self) -> impl Iterator<Item = &[Token<'a>]> {
        let ends = (2..self.core.len()).filter(|end| self.core[*end].apart && !self.core[*end].number);
        ends.map(|end| &self.core[..end]).filter(|begun| date(begun).is_some())
    }

    /// The name with its first words as one in front of it (`zai-org-glm-5`), the longest first.
    pub(crate) fn splits(&self) -> Vec<Self> {
        let split = |words: usize| {
            let rest = self.core.get(words..)?;
            let word = self.front(words)?;
            let mut split = self.clone();
            split.core = rest.to_vec();
            split.route.push(word);
            Some(split)
        };
        (1..=FRONT_WORDS).rev().filter_map(split).collect()
    }

    /// The first words of the name, where a name is left without them.
    fn front(&self, words: usize) -> Option<&'a str> {
        let (front, rest) = self.core.split_at_checked(words)?;
        let (first, last) = (front.first()?, front.last()?);
        let whole = rest.first().is_some_and(|next| next.apart) && rest.iter().any(|token| !token.number);
        if !whole || front.iter().all(|token| token.number) {
            return None;
        }
        self.name.get(first.at..last.at + last.text.len())
    }

    /// The tokens of the name without the words in front of it that `drop` takes off, and without a first revision.
    pub(crate) fn bared(&self, drop: impl Fn(&str) -> bool) -> &[Token<'a>] {
        let words = (1..=FRONT_WORDS).rev().find(|words| self.front(*words).is_some_and(&drop)).unwrap_or(0);
        match &self.core[words..] {
            [rest @ .., v, one] if !rest.is_empty() && v.text == "v" && one.text == "1" => rest,
            core => core,
        }
    }
}

/// Whether a point has a digit on one side and nothing on the other, or the name ends in a separator.
fn is_broken(name: &str) -> bool {
    let bytes = name.as_bytes();
    let at = |at: Option<usize>| at.and_then(|at| bytes.get(at)).copied().unwrap_or(b'-');
    let lost = |point: usize| {
        let (before, behind) = (at(point.checked_sub(1)), at(Some(point + 1)));
        let alone = |digit: u8, other: u8| digit.is_ascii_digit() && matches!(other, b'-' | b'.' | b':' | b'@');
        alone(before, behind) || alone(behind, before)
    };
    let point = (0..bytes.len()).any(|at| bytes[at] == b'.' && lost(at));
    let torn = bytes.windows(2).any(|pair| matches!(pair, [b'-' | b'.', b':' | b'@']));
    point || torn || matches!(bytes.last(), Some(b'-' | b'.'))
}

fn ends_in_revision(core: &[Token<'_>]) -> bool {
    matches!(core, [.., v, number] if v.text == "v" && v.apart && number.number && !number.apart)
}

/// The date that tokens end in: how many of them it is, and the day (20240806) where it says a year.
fn date(core: &[Token<'_>]) -> Option<(usize, Option<u32>)> {
    let number = |back: usize| core.len().checked_sub(back).and_then(|at| core.get(at)).filter(|token| token.number);
    let read =
        |back: usize, digits: usize| number(back).filter(|token| token.text.len() == digits)?.text.parse::<u32>().ok();
    let apart = |back: usize| number(back).is_some_and(|token| token.apart);
    let (month, day) = (|month: u32| (1..=12).contains(&month), |day: u32| (1..=31).contains(&day));
    let year = |year: u32| (2019..=2039).contains(&year);
    let found = match (read(3, 4), read(2, 2), read(1, 2)) {
        (Some(y), Some(m), Some(d)) if year(y) && month(m) && day(d) && apart(2) && apart(1) => {
            Some((3, Some(y * 10_000 + m * 100 + d)))
        }
        _ => None,
    };
    let found = found.or_else(|| {
        let whole = read(1, 8)?;
        (year(whole / 10_000) && month(whole / 100 % 100) && day(whole % 100)).then_some((1, Some(whole)))
    });
    let found = found.or_else(|| match (read(2, 4), read(1, 2)) {
        (Some(y), Some(m)) if year(y) && month(m) && apart(1) => Some((2, Some(y * 10_000 + m * 100))),
        _ => None,
    });
    let found = found.or_else(|| match (read(2, 2), read(1, 4)) {
        (Some(m), Some(y)) if year(y) && month(m) && apart(1) => Some((2, Some(y * 10_000 + m * 100))),
        _ => None,
    });
    let found = found.or_else(|| {
        let short = read(1, 4)?;
        let (first, second) = (short / 100, short % 100);
        if year(2000 + first) && month(second) {
            Some((1, Some((2000 + first) * 10_000 + second * 100)))
        } else {
            (month(first) && day(second)).then_some((1, None))
        }
    });
    let found = found.or_else(|| match (read(2, 2), read(1, 2)) {
        (Some(m), Some(d)) if month(m) && day(d) && apart(1) && number(3).is_none() => Some((2, None)),
        _ => None,
    });
    let found = found.or_else(|| read(1, 3).filter(|part| *part < 10).map(|_| (1, None)));
    // What is nothing but a date is none of anything.
    found.filter(|(len, _)| {
        core.get(core.len() - len).is_some_and(|token| token.apart)
            && core[..core.len() - len].iter().any(|token| !token.number)
    })
}

#[cfg(test)]
mod tests {
    use super::super::fold::key;
    use super::super::rules::NameRules;
    use super::*;

    fn rules() -> Rules {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect();
        Rules::of(&NameRules {
            idle: words("models publishers"),
            places: words("us eu us-gov"),
            vendors: [("anthropic".into(), "anthropic".into())].into(),
            tags: words("free thinking"),
            endings: words("free"),
            silent: words("default"),
            newest: words("latest"),
            ..NameRules::default()
        })
    }

    #[test]
    fn a_name_is_taken_apart() {
        let rules = rules();
        let read = |text| Reading::of(&rules, text);
        let claude = read("bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0").unwrap();
        assert_eq!((claude.route.as_slice(), claude.place), (&["bedrock", "anthropic"][..], Some("us")));
        assert_eq!(
            (key(&claude.core), claude.date),
            ("claudesonnet 4  5  20250929 ".into(), Some((1, Some(20_250_929))))
        );
        assert_eq!((key(claude.undated()), claude.tags.len()), ("claudesonnet 4  5 ".into(), 0));
        let free = read("openrouter/models/gpt-oss-20b:free").unwrap();
        assert_eq!((free.route, free.tags), (vec!["openrouter"], vec!["free"]));
        assert_eq!(read("glm-4.7-free").unwrap().tags, ["free"]);
        assert!(read("claude-3-5-sonnet-latest").unwrap().newest);
        assert_eq!(key(&read("llama3.1:8b").unwrap().core), key(&read("llama-3.1-8b").unwrap().core));
        assert_eq!(read("claude@eu").unwrap().place, Some("eu"));
        assert_eq!(read("a/claude-sonnet-4@default").unwrap().mark(), "");
        for junk in ["-", "4", "openai/", "/", ":", "@", "4.5", "1/2"] {
            assert_eq!(read(junk), None, "{junk}");
        }
    }

    #[test]
    fn dates_at_the_end() {
        let date = |text: &str| date(&tokens(text));
        assert_eq!(date("gpt-4o-2024-08-06"), Some((3, Some(20_240_806))));
        assert_eq!(date("mistral-large-2411"), Some((1, Some(20_241_100))));
        assert_eq!(date("gpt-4-0613"), Some((1, None)));
        assert_eq!(date("gemini-2.5-flash-preview-05-20"), Some((2, None)));
        assert_eq!(date("gemini-1.5-pro-002"), Some((1, None)));
        for none in ["gpt-4", "claude-3-5", "llama-70b", "20240806", "sd-1024x1024", "kimi-k2", "qwen-14", "gpt-4.1"] {
            assert_eq!(date(none), None, "{none}");
        }
    }
}
