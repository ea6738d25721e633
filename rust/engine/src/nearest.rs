//! The names nearest to a text, for suggestions. Nothing here ever decides what a name means.

/// Suggestions below this similarity are noise.
const CUTOFF: f64 = 0.5;

/// The Levenshtein distance of two texts, in characters.
///
/// Bit-parallel after Myers (1999) in Hyyrö's form (2003) where the first is ASCII of at most 64
/// characters, else the plain table.
pub(crate) fn distance(pattern: &str, text: &str) -> usize {
    if pattern.is_empty() {
        return text.chars().count();
    }
    if !pattern.is_ascii() || pattern.len() > 64 || !text.is_ascii() {
        return distance_by_table(pattern, text);
    }
    let mut places = [0_u64; 128];
    for (at, byte) in pattern.bytes().enumerate() {
        places[usize::from(byte)] |= 1 << at;
    }
    distance_by_bits(&places, pattern.len(), text)
}

fn distance_by_bits(places: &[u64; 128], len: usize, text: &str) -> usize {
    let last = 1_u64 << (len - 1);
    let (mut up, mut down, mut distance) = (u64::MAX, 0_u64, len);
    for byte in text.bytes() {
        let equal = places[usize::from(byte & 0x7F)];
        let across = equal | down;
        let diagonal = ((equal & up).wrapping_add(up) ^ up) | equal;
        let mut plus = down | !(diagonal | up);
        let minus = up & diagonal;
        distance += usize::from(plus & last != 0);
        distance -= usize::from(minus & last != 0);
        plus = plus << 1 | 1;
        up = minus << 1 | !(across | plus);
        down = plus & across;
    }
    distance
}

fn distance_by_table(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// 1 less the Levenshtein distance over the longer length, in characters: 1 for equal texts.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "lengths of names")]
pub fn similarity(a: &str, b: &str) -> f64 {
    let longer = a.chars().count().max(b.chars().count());
    if longer == 0 { 1.0 } else { 1.0 - distance(a, b) as f64 / longer as f64 }
}

/// The `limit` texts most similar to `text`, best first, ties by text, without those below the
/// cutoff. Cost: one pass over `texts`, about 50 ns each.
pub fn nearest<'a>(text: &str, texts: impl Iterator<Item = &'a str>, limit: usize) -> Vec<(f64, &'a str)> {
    if text.len() > crate::MAX_NAME_BYTES {
        return Vec::new();
    }
    let lower = text.to_ascii_lowercase();
    let mut best: Vec<(f64, &str)> = Vec::with_capacity(limit.min(64) + 1);
    for other in texts {
        let floor = if best.len() == limit { best.last().map_or(CUTOFF, |(score, _)| *score) } else { CUTOFF };
        if bound(lower.len(), other.len()) < floor {
            continue;
        }
        let score = similarity(&lower, &other.to_ascii_lowercase());
        if score < CUTOFF {
            continue;
        }
        let before = |there: &(f64, &str)| score.total_cmp(&there.0).then(there.1.cmp(other)).is_lt();
        let place = best.partition_point(before);
        best.insert(place, (score, other));
        best.truncate(limit);
    }
    best
}

/// What the similarity can be at most, by the lengths in bytes (ASCII) or loosely more.
#[expect(clippy::cast_precision_loss, reason = "lengths of names")]
fn bound(a: usize, b: usize) -> f64 {
    // A character takes one to four bytes, so for other texts the bound is only not too low.
    let (short, long) = (a.min(b) * 4, a.max(b));
    if short >= long { 1.0 } else { short as f64 / long as f64 }
}

/// As [`nearest`], the texts alone.
pub(crate) fn best_of<'a>(text: &str, texts: impl Iterator<Item = &'a str>, limit: usize) -> Vec<String> {
    nearest(text, texts, limit).into_iter().map(|(_, name)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bits_and_table_agree(a in "[a-c]{0,70}", b in "[a-cé]{0,70}") {
            prop_assert_eq!(distance(&a, &b), distance_by_table(&a, &b));
        }

        #[test]
        fn nearest_is_sorted_and_the_best_there_is(text in "[a-d]{1,8}", names in proptest::collection::btree_set("[a-d]{1,8}", 1..20)) {
            let found = nearest(&text, names.iter().map(String::as_str), 3);
            let mut all: Vec<(f64, &str)> = names.iter().map(|name| (similarity(&text, name), name.as_str())).filter(|(score, _)| *score >= CUTOFF).collect();
            all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
            all.truncate(3);
            prop_assert_eq!(found, all);
        }
    }

    #[test]
    fn the_textbook_case() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert!((similarity("kitten", "sitting") - 4.0 / 7.0).abs() < 1e-12);
        assert!(nearest(&"x".repeat(1_000), ["x"].into_iter(), 3).is_empty());
    }
}
