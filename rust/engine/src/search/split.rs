//! Texts as what is looked for in them: pieces, which are runs of letters or runs of digits.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// One run of letters or of digits.
#[derive(Clone, Copy, Debug)]
struct Piece {
    from: usize,
    to: usize,
    digits: bool,
    /// Of one word with the piece before: nothing is between them, or a dot between digits.
    joined: bool,
    /// The first piece of the text, or behind a slash.
    first: bool,
}

/// A text that was split, and room for the next one.
///
/// Texts are compared after Unicode's compatibility composition (NFKC) and in lower case. Whatever is no
/// letter, digit or mark separates; a mark belongs to what it stands behind.
#[derive(Debug, Default)]
pub(super) struct Split {
    text: String,
    pieces: Vec<Piece>,
}

impl Split {
    /// Splits a text into its first pieces, `most` of them.
    pub(super) fn read(&mut self, text: &str, most: usize) {
        self.text.clear();
        self.pieces.clear();
        if text.is_ascii() {
            self.text.push_str(text);
            self.text.make_ascii_lowercase();
        } else {
            self.text.extend(text.nfkc().flat_map(char::to_lowercase));
        }
        let mut open: Option<Piece> = None;
        // The separators since the last piece: how many, whether the one is a dot, whether one is a slash.
        let (mut between, mut dot, mut slash) = (0_usize, false, true);
        for (at, letter) in self.text.char_indices() {
            let digits = if letter.is_numeric() {
                Some(true)
            } else if is_combining_mark(letter) {
                Some(open.is_some_and(|piece| piece.digits))
            } else {
                letter.is_alphabetic().then_some(false)
            };
            if let Some(piece) = open.filter(|piece| digits != Some(piece.digits)) {
                self.pieces.push(Piece { to: at, ..piece });
                if self.pieces.len() >= most {
                    return;
                }
                (open, between, dot, slash) = (None, 0, false, false);
            }
            match digits {
                Some(digits) if open.is_none() => {
                    let after_digits = self.pieces.last().is_some_and(|piece| piece.digits);
                    let joined = between == 0 || (dot && digits && after_digits);
                    let joined = joined && !self.pieces.is_empty();
                    open = Some(Piece { from: at, to: at, digits, joined, first: slash });
                }
                Some(_) => {}
                None => {
                    dot = letter == '.' && between == 0;
                    slash |= letter == '/';
                    between += 1;
                }
            }
        }
        if let Some(piece) = open {
            self.pieces.push(Piece { to: self.text.len(), ..piece });
        }
    }

    pub(super) fn len(&self) -> usize {
        self.pieces.len()
    }

    fn text_of(&self, piece: &Piece) -> &str {
        self.text.get(piece.from..piece.to).unwrap_or_default()
    }

    /// The pieces in order, and whether each is the first one of a part.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (&str, bool)> {
        self.pieces.iter().map(|piece| (self.text_of(piece), piece.first))
    }

    /// The words, each as the pieces that it consists of.
    pub(super) fn words(&self) -> impl Iterator<Item = Vec<&str>> {
        let words = self.pieces.chunk_by(|_, next| next.joined);
        words.map(|word| word.iter().map(|piece| self.text_of(piece)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut split = Split::default();
        split.read(text, 64);
        split.words().map(|word| word.join("+")).collect()
    }

    #[test]
    fn letters_and_digits_are_apart_and_a_version_is_one_word() {
        assert_eq!(words("gpt4o"), ["gpt+4+o"]);
        assert_eq!(words("GPT-4o mini"), ["gpt", "4+o", "mini"]);
        assert_eq!(words("claude 4.5, 70B"), ["claude", "4+5", "70+b"]);
        assert_eq!(words("meta.llama3.1:8b."), ["meta", "llama+3+1", "8+b"]);
        assert_eq!(words("1..2 3.x 4. 5"), ["1", "2", "3", "x", "4", "5"]);
    }

    #[test]
    fn unicode_is_folded_and_what_is_no_letter_separates() {
        assert_eq!(words("ＧＰＴ－４ｏ"), ["gpt", "4+o"]);
        assert_eq!(words("gpt\u{2011}4\u{200b}É\u{0}e\u{301}"), ["gpt", "4", "é", "é"]);
        assert_eq!(words("模型7 नमस्ते x\u{301}y"), ["模型+7", "नमस्ते", "x\u{301}y"]);
        for nothing in ["", " ", "-_/.:", "\u{0}\u{202e}\u{feff}", "🙂"] {
            assert!(words(nothing).is_empty(), "{nothing:?}");
        }
    }

    #[test]
    fn a_slash_begins_a_part_and_no_more_is_read_than_asked_for() {
        let mut split = Split::default();
        split.read("a/b-4c / d", 64);
        assert_eq!(
            split.pieces().collect::<Vec<_>>(),
            [("a", true), ("b", true), ("4", false), ("c", false), ("d", true)]
        );
        split.read("a b c d", 3);
        assert_eq!(split.len(), 3);
        split.read("a b", 3);
        assert_eq!(split.words().count(), 2);
    }
}
