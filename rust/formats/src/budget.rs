//! What a text may cost.

/// Limits on what a text may hold; over one of them it is an error, found before the memory is taken.
///
/// The defaults are for files of one's own. For what a stranger sends, a source passes lower ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of the text; at most 1 GiB, whatever is stated.
    pub bytes: usize,
    /// Values and keys, those that aliases bring included. A node takes 24 bytes.
    pub nodes: usize,
    /// Lists and mappings inside each other; at most 512, whatever is stated.
    pub depth: usize,
    /// Bytes of one text or key.
    pub scalar: usize,
    /// Digits of one number. With 308, every whole number is a finite float64.
    pub digits: usize,
    /// Keys of one mapping.
    pub keys: usize,
    /// Documents of a YAML text, lines of JSON lines.
    pub documents: usize,
    /// Aliases of a YAML text (`*name`).
    pub aliases: usize,
    /// Nodes that aliases bring, all together.
    pub expanded: usize,
    /// Bytes of text that aliases bring, all together.
    pub expanded_bytes: usize,
}

impl Budget {
    /// Deeper is nothing, whatever a budget says: some walks over a tree go down it call by call.
    pub const DEEPEST: usize = 512;
    /// Longer is nothing: places in a text are 32 bits wide.
    pub const LONGEST: usize = 1 << 30;

    pub(crate) fn bytes(&self) -> usize {
        self.bytes.min(Self::LONGEST)
    }

    pub(crate) fn depth(&self) -> usize {
        self.depth.min(Self::DEEPEST)
    }

    pub(crate) fn nodes(&self) -> usize {
        self.nodes.min(Self::LONGEST)
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            bytes: 256 << 20,
            nodes: 10_000_000,
            depth: 64,
            scalar: 1 << 20,
            digits: 308,
            keys: 1_000_000,
            documents: 1_000_000,
            aliases: 100_000,
            expanded: 500_000,
            expanded_bytes: 16 << 20,
        }
    }
}
