//! How many characters of a text each of many others lacks: so many edits it takes at least to make one
//! of the other, and 512 texts are looked at with a few instructions for each character.

/// Words that are combined at once; half a line of memory.
const WORDS: usize = 4;
const HALVES: usize = 2;
/// Texts of a chunk.
pub(super) const CHUNK: usize = 64 * WORDS * HALVES;
/// Chunks whose planes lie together: what is read one after the other is one after the other in memory.
const GROUP: usize = 64;

/// A bit for each text of half a chunk.
type Mask = [u64; WORDS];

/// A bit for each text of a chunk, in one line of memory.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Plane([Mask; HALVES]);

/// Letters in either case, digits, five others; the rest shares what is left.
const CLASSES: usize = 48;
const REST: usize = 42;
const CLASS: [u8; 128] = classes();
/// The planes of a class begin here; up to the next one so many of its characters are counted.
const FIRST: [usize; CLASSES + 1] = first();
/// A plane of nobody: no text lacks it.
const NOTHING: usize = FIRST[CLASSES];
const PLANES: usize = NOTHING + 1;

const fn classes() -> [u8; 128] {
    let mut classes = [0; 128];
    let mut at = 0;
    while at < 128 {
        let byte = at as u8;
        classes[at] = match byte {
            b'a'..=b'z' => byte - b'a',
            b'A'..=b'Z' => byte - b'A',
            b'0'..=b'9' => byte - b'0' + 26,
            b'-' => 36,
            b'/' => 37,
            b'.' => 38,
            b'_' => 39,
            b':' => 40,
            b'~' => 41,
            _ => REST as u8 + byte % (CLASSES - REST) as u8,
        };
        at += 1;
    }
    classes
}

const fn first() -> [usize; CLASSES + 1] {
    let often = *b"aeinorstlmdpc-";
    let mut levels = [3; CLASSES];
    let mut at = 0;
    while at < often.len() {
        levels[CLASS[often[at] as usize] as usize] = 7;
        at += 1;
    }
    let mut first = [0; CLASSES + 1];
    at = 0;
    while at < CLASSES {
        first[at + 1] = first[at] + levels[at];
        at += 1;
    }
    first
}

// They are told apart by a byte, and their sums by eight bits.
const _: () = assert!(PLANES <= 256);

/// The planes of a text's characters, each once.
fn planes(text: &str) -> impl Iterator<Item = usize> {
    let mut seen = [0_u16; CLASSES];
    text.chars().filter_map(move |found| {
        let class = match found {
            found if found.is_ascii() => usize::from(CLASS[found as usize]),
            found => REST + found as usize % (CLASSES - REST),
        };
        let plane = FIRST[class] + usize::from(seen[class]);
        seen[class] += 1;
        (plane < FIRST[class + 1]).then_some(plane)
    })
}

/// For each class of characters and each number of them a plane: which texts have fewer.
///
/// Representation: a group has for each plane the lines of its chunks. A lane without a text lacks all.
#[derive(Clone, Debug)]
pub(super) struct Planes {
    lines: Vec<Plane>,
    /// How many texts lack nothing of each plane.
    known: [u32; PLANES],
    /// The planes, those first that few texts have, and the place of each among them.
    order: [u8; PLANES],
    rank: [u8; PLANES],
}

/// The planes that a text asks for, in eights, those first that few texts have.
#[derive(Clone, Debug)]
pub(super) struct Asked(Vec<[u8; 8]>);

impl Planes {
    pub(super) fn new(chunks: usize) -> Self {
        let mut lines = vec![Plane([[u64::MAX; WORDS]; HALVES]); chunks * PLANES];
        for group in lines.chunks_mut(GROUP * PLANES) {
            let nothing = group.len() / PLANES * NOTHING;
            group[nothing..].fill(Plane([[0; WORDS]; HALVES]));
        }
        Self { lines, known: [0; PLANES], order: [0; PLANES], rank: [0; PLANES] }
    }

    /// The line of the first plane of a chunk, and how far it is to the next plane.
    #[inline(always)]
    fn place(&self, chunk: usize) -> (usize, usize) {
        let group = chunk / GROUP * GROUP * PLANES;
        (group + chunk % GROUP, (self.lines.len() - group).min(GROUP * PLANES) / PLANES)
    }

    pub(super) fn put(&mut self, chunk: usize, lane: usize, text: &str) {
        let (first, step) = self.place(chunk);
        for plane in planes(text) {
            self.lines[first + plane * step].0[lane / 256][lane / 64 % WORDS] &= !(1 << (lane % 64));
            self.known[plane] += 1;
        }
    }

    /// To be called when all texts were put.
    pub(super) fn sort(&mut self) {
        self.order = std::array::from_fn(|plane| plane as u8);
        self.order.sort_by_key(|plane| self.known[usize::from(*plane)]);
        for (place, plane) in (0..).zip(&self.order) {
            self.rank[usize::from(*plane)] = place;
        }
    }

    pub(super) fn asked(&self, text: &str) -> Asked {
        // A set of ranks is in their order.
        let mut ranks = [0_u64; PLANES.div_ceil(64)];
        planes(text).for_each(|plane| {
            let rank = usize::from(self.rank[plane]);
            ranks[rank / 64] |= 1 << (rank % 64);
        });
        let (mut eights, mut eight, mut many) = (Vec::with_capacity(8), [NOTHING as u8; 8], 0);
        for (first, mut word) in (0..).step_by(64).zip(ranks) {
            while word != 0 {
                let rank: usize = first + word.trailing_zeros() as usize;
                word &= word - 1;
                eight[many % 8] = self.order[rank];
                many += 1;
                if many % 8 == 0 {
                    eights.push(eight);
                    eight = [NOTHING as u8; 8];
                }
            }
        }
        if many % 8 > 0 {
            eights.push(eight);
        }
        Asked(eights)
    }

    /// The texts of a chunk that lack at least `from` and at most `to` of what is asked for, a bit each.
    #[inline(always)]
    pub(super) fn lacking(&self, chunk: usize, asked: &Asked, from: usize, to: usize) -> [Mask; HALVES] {
        let (first, step) = self.place(chunk);
        let lines = &self.lines[first..];
        [half::<0>(lines, step, asked, from, to), half::<1>(lines, step, asked, from, to)]
    }
}

/// How many planes each text lacks: the bits of the sums, 1 first, those of all texts together.
struct Sums {
    one: Mask,
    two: Mask,
    four: Mask,
    more: [Mask; 5],
}

#[inline(always)]
fn half<const HALF: usize>(lines: &[Plane], step: usize, asked: &Asked, from: usize, to: usize) -> Mask {
    let none = [0; WORDS];
    let mut sums = Sums { one: none, two: none, four: none, more: [none; 5] };
    for (added, eight) in (8..).step_by(8).zip(&asked.0) {
        let plane = |at: usize| lines[usize::from(eight[at]) * step].0[HALF];
        // Three of one weight make one of it and one of twice the weight: so eight and what is there make a carry.
        let (two_a, one) = add(sums.one, plane(0), plane(1));
        let (two_b, one) = add(one, plane(2), plane(3));
        let (two_c, one) = add(one, plane(4), plane(5));
        let (two_d, one) = add(one, plane(6), plane(7));
        let (four_a, two) = add(sums.two, two_a, two_b);
        let (four_b, two) = add(two, two_c, two_d);
        let (mut carry, four) = add(sums.four, four_a, four_b);
        (sums.one, sums.two, sums.four) = (one, two, four);
        for bits in &mut sums.more {
            for at in 0..WORDS {
                (carry[at], bits[at]) = (carry[at] & bits[at], carry[at] ^ bits[at]);
            }
        }
        // Of planes that few texts have, a few tell.
        if added > to && sums.at_most(to) == none {
            return none;
        }
    }
    let mut found = sums.at_most(to);
    if from > 0 {
        let less = sums.at_most(from - 1);
        for at in 0..WORDS {
            found[at] &= !less[at];
        }
    }
    found
}

/// Of the sum of three bits what is carried, and what stays.
#[inline(always)]
fn add(a: Mask, b: Mask, c: Mask) -> (Mask, Mask) {
    let (mut carry, mut sum) = ([0; WORDS], [0; WORDS]);
    for at in 0..WORDS {
        let odd = a[at] ^ b[at];
        carry[at] = (a[at] & b[at]) | (odd & c[at]);
        sum[at] = odd ^ c[at];
    }
    (carry, sum)
}

impl Sums {
    /// The texts whose sum is at most so many.
    #[inline(always)]
    fn at_most(&self, most: usize) -> Mask {
        let mut sums = ([0; WORDS], [u64::MAX; WORDS]);
        if most > 255 {
            return sums.1;
        }
        for (place, bits) in (3..8).zip(&self.more).rev() {
            look(&mut sums, most, place, bits);
        }
        look(&mut sums, most, 2, &self.four);
        look(&mut sums, most, 1, &self.two);
        look(&mut sums, most, 0, &self.one);
        let (below, equal) = sums;
        std::array::from_fn(|at| below[at] | equal[at])
    }
}

/// Which sums are below a number or still equal to it, with their next bit.
#[inline(always)]
fn look((below, equal): &mut (Mask, Mask), most: usize, place: usize, bits: &Mask) {
    let one = if most >> place & 1 == 1 { u64::MAX } else { 0 };
    for at in 0..WORDS {
        below[at] |= equal[at] & one & !bits[at];
        equal[at] &= !(one ^ bits[at]);
    }
}
