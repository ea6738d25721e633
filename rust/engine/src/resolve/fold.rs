//! Texts as they are compared: case, Unicode forms and separators made equal, then letters and digits apart.

use unicode_normalization::UnicodeNormalization;

use crate::MAX_NAME_BYTES;

/// A run of letters or of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) text: &'a str,
    /// Where in the text it begins, in bytes.
    pub(crate) at: usize,
    pub(crate) number: bool,
    /// Whether a separator stands before it.
    pub(crate) apart: bool,
    /// Whether that is a point and no more.
    point: bool,
}

/// The text in lower case and its compatibility form (NFKC), `_`, blanks and all dashes as `-`.
///
/// Nothing where it is empty, longer than a name can be, or has characters that nobody sees: a name with a
/// mark that turns the direction of writing is not the name that it looks like.
pub(crate) fn fold(text: &str) -> Option<String> {
    if text.len() > MAX_NAME_BYTES {
        return None;
    }
    let text = text.trim();
    let folded: String = if text.is_ascii() {
        if text.bytes().any(|byte| byte.is_ascii_control()) {
            return None;
        }
        spelt(text.chars().map(|char| char.to_ascii_lowercase()))
    } else {
        if text.chars().any(|char| char.is_control() || is_unseen(char)) {
            return None;
        }
        spelt(text.nfkc().flat_map(char::to_lowercase))
    };
    (!folded.is_empty() && folded.len() <= MAX_NAME_BYTES).then_some(folded)
}

/// Characters as they are compared; a plus is a word (`command-r+`).
fn spelt(chars: impl Iterator<Item = char>) -> String {
    let mut folded = String::with_capacity(32);
    for char in chars {
        match plain(char) {
            '+' => folded.push_str("plus"),
            char => folded.push(char),
        }
    }
    folded
}

/// A character that stands for a separator as that separator.
const fn plain(char: char) -> char {
    match char {
        '_' | ' ' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2E3A}' | '\u{2E3B}' | '\u{30A0}' => '-',
        '\u{2044}' | '\u{2215}' => '/',
        char => char,
    }
}

/// Characters without a shape: marks of direction, joiners, spaces of no width, tags.
const fn is_unseen(char: char) -> bool {
    matches!(
        char,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// The runs of letters and of digits of a folded text. A `p` alone between two digits is the point of a
/// version: `2p5` is `2.5`.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found: Vec<Token<'_>> = Vec::with_capacity(8);
    let (mut start, mut kind, mut apart) = (0, Kind::Between, true);
    let ends = text.char_indices().map(|(at, char)| (at, Kind::of(char)));
    for (at, next) in ends.chain(std::iter::once((text.len(), Kind::Between))) {
        if next == kind {
            continue;
        }
        if kind == Kind::Between {
            apart |= at > start;
        } else {
            let point = apart && text[..start].ends_with('.') && !text[..start].ends_with("..");
            found.push(Token { text: &text[start..at], at: start, number: kind == Kind::Digit, apart, point });
            apart = false;
        }
        (start, kind) = (at, next);
    }
    let point = |at: usize| {
        let [before, point, after] = &found[at - 1..=at + 1] else { return false };
        point.text == "p" && before.number && after.number && !point.apart && !after.apart
    };
    let points: Vec<usize> = (1..found.len().saturating_sub(1)).filter(|at| point(*at)).collect();
    for at in points.into_iter().rev() {
        found.remove(at);
        (found[at].apart, found[at].point) = (true, true);
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Digit,
    Between,
}

impl Kind {
    fn of(char: char) -> Self {
        if char.is_ascii_digit() {
            Self::Digit
        } else if char.is_whitespace() || "-_./:@()[]{},~#".contains(char) {
            Self::Between
        } else {
            // A sign that separates nothing is part of a word, which no other word is.
            Self::Letter
        }
    }
}

/// The key under which tokens are found whatever separates them: letters run together, numbers never do.
///
/// `gpt-4o`, `gpt4o` and `GPT_4o` have one key; `m2.5` and `m25` have two, and so have `3-4b` and `3.4b`: the point
/// of a size is no separator.
pub(crate) fn key(tokens: &[Token<'_>]) -> String {
    let mut key = String::with_capacity(tokens.len() * 6);
    for (at, token) in tokens.iter().enumerate() {
        if token.number {
            key.push(if token.point && is_size(tokens, at) { '.' } else { ' ' });
        }
        key.push_str(token.text);
        if token.number {
            key.push(' ');
        }
    }
    key
}

/// Whether this number is one of billions, millions or trillions.
fn is_size(tokens: &[Token<'_>], at: usize) -> bool {
    tokens.get(at + 1).is_some_and(|unit| !unit.apart && matches!(unit.text, "b" | "m" | "t"))
}

/// The key under which the words of tokens are found in any order, nothing for a single word.
///
/// Words are what separators part; numbers that follow one another are one version (`4.5`, `4-5`).
pub(crate) fn unordered_key(tokens: &[Token<'_>]) -> Option<String> {
    let mut words: Vec<String> = Vec::with_capacity(tokens.len());
    let mut version = false;
    for (at, token) in tokens.iter().enumerate() {
        match words.last_mut() {
            Some(word) if !token.apart => {
                word.push_str(token.text);
                version = false;
            }
            Some(word) if token.number && version && (token.point || !is_size(tokens, at)) => {
                word.push('.');
                word.push_str(token.text);
            }
            _ => {
                words.push(token.text.to_owned());
                version = token.number;
            }
        }
    }
    if words.len() < 2 {
        return None;
    }
    words.sort_unstable();
    Some(words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key_of(text: &str) -> String {
        key(&tokens(&fold(text).unwrap()))
    }

    #[test]
    fn spellings_of_one_name_have_one_key() {
        for (one, other) in [
            ("gpt-4o", "GPT4o"),
            ("claude-sonnet-4-5", "Claude Sonnet 4.5"),
            ("glm-4p5-air", "glm-4.5-air"),
            ("deepseek-r1", "DeepSeekR1"),
            ("gpt\u{2011}4o", "gpt-4o"),
            ("ＧＰＴ-４o", "gpt-4o"),
            ("llama3.1", "llama_3_1"),
            ("command-r+", "command-r-plus"),
            ("qwen3-0.6b", "Qwen3 0p6B"),
            ("FLUX1.1 [pro]", "flux-1.1-pro"),
        ] {
            assert_eq!(key_of(one), key_of(other), "{one} {other}");
        }
        for (one, other) in [
            ("m2.5", "m25"),
            ("gpt-4", "gpt-4o"),
            ("7b", "70b"),
            ("gpt-4.1", "gpt-41"),
            ("command-r+", "command-r"),
            ("qwen-3.1-7b", "qwen3-1p7b"),
            ("gemma-3.4b", "gemma-3-4b"),
            ("gpt-4o|mini", "gpt-4o-mini"),
            ("qwen-1p", "qwen-1"),
        ] {
            assert_ne!(key_of(one), key_of(other), "{one} {other}");
        }
    }

    #[test]
    fn words_in_any_order_keep_their_versions() {
        let unordered = |text: &str| unordered_key(&tokens(&fold(text).unwrap()));
        assert_eq!(unordered("claude-3-5-sonnet"), unordered("claude-sonnet-3.5"));
        assert_ne!(unordered("gpt-o4"), unordered("gpt-4o"));
        assert_ne!(unordered("a-3-b-5"), unordered("a-3-5-b"));
        assert_eq!(unordered("o3"), None);
    }

    #[test]
    fn what_nobody_sees_is_no_name() {
        for text in ["", "  ", "gpt-\u{200F}4o", "gpt\0", "a\u{202E}b", "gpt-4o\u{FEFF}", &"x".repeat(513)] {
            assert_eq!(fold(text), None, "{text:?}");
        }
        assert_eq!(fold(" gpt-4o\n").as_deref(), Some("gpt-4o"));
    }

    proptest! {
        #[test]
        fn any_text_has_a_key_or_none(text in "\\PC{0,20}") {
            if let Some(folded) = fold(&text) {
                let tokens = tokens(&folded);
                prop_assert!(tokens.iter().all(|token| folded.contains(token.text)));
                prop_assert_eq!(key(&tokens).is_empty(), tokens.is_empty());
                let _ = unordered_key(&tokens);
            }
        }
    }
}
