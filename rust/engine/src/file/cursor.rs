//! Reading a section from front to back, and its writing twin. Nothing is believed: whatever ends
//! too early or is too large is `None`.

/// What is left of a section.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    #[inline]
    pub(super) fn varint(&mut self) -> Option<u64> {
        let (first, rest) = self.bytes.split_first()?;
        if *first < 0x80 {
            self.bytes = rest;
            return Some(u64::from(*first));
        }
        self.long_varint()
    }

    fn long_varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for (at, byte) in self.bytes.iter().take(10).enumerate() {
            let part = u64::from(byte & 0x7F);
            let shift = at as u32 * 7;
            // The tenth byte has room for one bit.
            if shift == 63 && part > 1 {
                return None;
            }
            value |= part << shift;
            if *byte < 0x80 {
                self.bytes = self.bytes.get(at + 1..)?;
                // One number, one spelling.
                return (*byte != 0).then_some(value);
            }
        }
        None
    }

    /// A number that fits its type.
    #[inline]
    pub(super) fn number<T: TryFrom<u64>>(&mut self) -> Option<T> {
        T::try_from(self.varint()?).ok()
    }

    pub(super) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        Some(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    /// How many bytes are left: no more items than that can follow, since each takes one.
    pub(super) const fn left(&self) -> usize {
        self.bytes.len()
    }

    /// Nothing may be left.
    pub(super) const fn end(&self) -> Option<()> {
        if self.bytes.is_empty() { Some(()) } else { None }
    }
}

pub(super) fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Numbers and texts of a section, apart: so all texts are checked to be UTF-8 in one go.
///
/// As bytes: the length of the numbers, the numbers (the length of each text among them), the texts.
#[derive(Debug, Default)]
pub(super) struct Writer {
    numbers: Vec<u8>,
    texts: Vec<u8>,
}

impl Writer {
    pub(super) fn number(&mut self, value: u64) {
        put(&mut self.numbers, value);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.texts.extend_from_slice(text.as_bytes());
    }

    pub(super) fn finish(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.numbers.len() + self.texts.len() + 10);
        put(&mut out, self.numbers.len() as u64);
        out.extend_from_slice(&self.numbers);
        out.extend_from_slice(&self.texts);
        out
    }
}

/// Reads what a [`Writer`] wrote.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    numbers: Cursor<'a>,
    texts: &'a str,
}

impl<'a> Reader<'a> {
    pub(super) fn new(section: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(section);
        let len = cursor.number()?;
        let numbers = Cursor::new(cursor.take(len)?);
        Some(Self { numbers, texts: std::str::from_utf8(cursor.bytes).ok()? })
    }

    #[inline]
    pub(super) fn number<T: TryFrom<u64>>(&mut self) -> Option<T> {
        self.numbers.number()
    }

    #[inline]
    pub(super) fn text(&mut self) -> Option<&'a str> {
        let (text, rest) = self.texts.split_at_checked(self.numbers.number()?)?;
        self.texts = rest;
        Some(text)
    }

    /// No more items than this can follow, since each takes a number.
    pub(super) const fn left(&self) -> usize {
        self.numbers.left()
    }

    pub(super) const fn end(&self) -> Option<()> {
        if self.texts.is_empty() { self.numbers.end() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_number_comes_back_as_it_was(value in any::<u64>(), shift in 0_u32..64) {
            let mut out = Vec::new();
            put(&mut out, value >> shift);
            let mut cursor = Cursor::new(&out);
            prop_assert_eq!(cursor.varint(), Some(value >> shift));
            prop_assert_eq!(cursor.end(), Some(()));
        }

        #[test]
        fn any_bytes_are_a_number_in_its_one_spelling_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            let mut cursor = Cursor::new(&bytes);
            if let Some(value) = cursor.varint() {
                let mut out = Vec::new();
                put(&mut out, value);
                prop_assert_eq!(&out[..], &bytes[..bytes.len() - cursor.left()]);
            }
        }
    }
}
