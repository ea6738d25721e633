//! Patterns of ids: an id as it is, or with `*` for any run of characters.

/// What an id is compared with. Upper and lower case differ, as they do in ids.
///
/// ```
/// use modeldex_engine::Pattern;
/// assert!(Pattern::new("openai/*").matches("openai/gpt-4o"));
/// assert!(!Pattern::new("openai/gpt").matches("openai/gpt-4o"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    Id(Box<str>),
    /// The parts between the stars, of which there is at least one.
    Parts(Box<[Box<str>]>),
}

impl Pattern {
    #[must_use]
    pub fn new(text: &str) -> Self {
        if text.contains('*') { Self::Parts(text.split('*').map(Box::from).collect()) } else { Self::Id(text.into()) }
    }

    /// Whether this is the id. At most one pass over it for each part.
    #[must_use]
    pub fn matches(&self, id: &str) -> bool {
        match self {
            Self::Id(text) => **text == *id,
            Self::Parts(parts) => match &**parts {
                [first, between @ .., last] => {
                    let Some(rest) = id.strip_prefix(&**first) else { return false };
                    let Some(mut rest) = rest.strip_suffix(&**last) else { return false };
                    // The leftmost place of each part leaves the most for the parts after it.
                    between.iter().all(|part| match rest.find(&**part) {
                        Some(place) => {
                            rest = &rest[place + part.len()..];
                            true
                        }
                        None => false,
                    })
                }
                _ => false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// By trying every way to spread the text over the stars.
    fn naive(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some((b'*', rest)), next) => naive(rest, text) || next.is_some_and(|(_, shorter)| naive(pattern, shorter)),
            (Some((a, rest)), Some((b, shorter))) => a == b && naive(rest, shorter),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn matches_as_every_way_tried(pattern in "[ab*]{0,7}", text in "[ab]{0,8}") {
            prop_assert_eq!(Pattern::new(&pattern).matches(&text), naive(pattern.as_bytes(), text.as_bytes()));
        }
    }
}
