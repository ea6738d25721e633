//! Opened files, of which only what is asked for is read: what they say is what the whole snapshot
//! says, or an error.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod saved;

use modeldex_engine::{Error, Lookup, Opened, Snapshot, reseal};
use proptest::prelude::*;
use saved::{answers, content, model, numbered, of, small};

/// Every name of a snapshot and where it leads, and names that lead nowhere.
fn names(snapshot: &Snapshot) -> Vec<(String, Lookup)> {
    let there = snapshot.names().iter().map(|(name, _)| (name.to_owned(), snapshot.names().get(name)));
    let missing = ["", "nobody", "1", "sight"].map(str::to_owned).into_iter().chain([
        "x".repeat(512),
        "x".repeat(513),
        "ö".repeat(300),
    ]);
    let missing = missing.map(|name| (name.clone(), snapshot.names().get(&name)));
    there.chain(missing).collect()
}

/// What an opened file says of these names, the first time and once more.
fn told(opened: &Opened, names: &[(String, Lookup)]) -> Result<(), Error> {
    for (name, lookup) in names.iter().chain(names) {
        assert_eq!(opened.get(name)?, *lookup, "{name}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_read_bit_by_bit_is_what_is_read_at_once(models in proptest::collection::vec(model(), 0..40)) {
        let snapshot = of(&models);
        let opened = Opened::from_bytes(snapshot.to_file().unwrap()).unwrap();
        prop_assert_eq!(
            (opened.bare().rows(), opened.bare().len(), opened.bare().fingerprint()),
            (snapshot.rows(), snapshot.len(), snapshot.fingerprint())
        );
        for row in 0..snapshot.rows() {
            prop_assert_eq!(opened.document(row), snapshot.documents().read(row));
        }
        prop_assert!(opened.document(snapshot.rows()).is_err());
        told(&opened, &names(&snapshot)).unwrap();
        prop_assert!(opened.names().unwrap().ids().eq(snapshot.names().ids()));
        let whole = opened.snapshot().unwrap();
        prop_assert_eq!(content(whole), content(&snapshot));
        prop_assert_eq!(answers(whole), answers(&snapshot));
    }
}

#[test]
fn names_in_many_blocks_are_found() {
    let mut edit = of(&[]).edit();
    for at in 0..3_000 {
        let mut model = numbered(at);
        model.aliases = (0..at % 4).map(|alias| format!("alias {at} {alias}")).collect();
        edit.put(&model, false).unwrap();
    }
    let snapshot = edit.finish().0;
    let opened = Opened::from_bytes(snapshot.to_file().unwrap()).unwrap();
    told(&opened, &names(&snapshot)).unwrap();
    assert!(opened.names().unwrap().ids().eq(snapshot.names().ids()));
    assert_eq!(content(opened.snapshot().unwrap()), content(&snapshot));
}

/// Where a flipped bit shows, each as late as it can be.
#[derive(Debug, Default)]
struct Shown {
    opening: usize,
    names: usize,
    index: usize,
    documents: usize,
}

#[test]
fn every_flipped_bit_is_an_error_where_it_is_touched_and_nowhere_else() {
    let (snapshot, mut shown) = (small(), Shown::default());
    let (names, mut bytes) = (names(&snapshot), snapshot.to_file().unwrap());
    let documents: Vec<_> = (0..snapshot.rows()).map(|row| snapshot.documents().read(row)).collect();
    for bit in 0..bytes.len() * 8 {
        bytes[bit / 8] ^= 1 << (bit % 8);
        match Opened::from_bytes(bytes.clone()) {
            Err(_) => shown.opening += 1,
            Ok(opened) => {
                let (gets, whole) = (told(&opened, &names), opened.snapshot().is_ok());
                let read: Vec<_> = (0..snapshot.rows()).map(|row| opened.document(row)).collect();
                match (gets, whole, read.iter().all(Result::is_err)) {
                    (Err(_), false, false) => shown.names += 1,
                    (Ok(()), false, false) => shown.index += 1,
                    (Ok(()), true, true) => shown.documents += 1,
                    other => panic!("bit {bit}: {other:?}"),
                }
                assert!(read == documents || read.iter().all(Result::is_err));
            }
        }
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    let Shown { opening, names, index, documents } = shown;
    assert!(opening > 10_000 && names > 300 && index > 300 && documents > 3_000, "{shown:?}");
}

/// Names in the wrong block, rows that are not there, lengths that lead astray: an error, or a
/// name that is not found where it is not, or what the whole snapshot says.
#[test]
fn damaged_names_with_the_right_hashes_are_an_error_or_what_the_snapshot_says() {
    let (snapshot, bytes) = (small(), small().to_file().unwrap());
    // The first name of the section is the last place where this text is: the table has it before.
    let at = bytes.windows(5).rposition(|window| *window == *b"trois").unwrap();
    let names = names(&snapshot);
    let (mut refused, mut other) = (0, 0);
    for bit in (at - 120) * 8..(at + 120) * 8 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let Ok(opened) = Opened::from_bytes(reseal(damaged)) else {
            refused += 1;
            continue;
        };
        let found: Vec<_> = names.iter().map(|(name, _)| opened.get(name)).collect();
        match opened.snapshot() {
            Err(_) => refused += 1,
            Ok(whole) => {
                saved::check(whole);
                for ((name, _), found) in names.iter().zip(found) {
                    assert_eq!(found.unwrap(), whole.names().get(name), "bit {bit}: {name}");
                }
                other += 1;
            }
        }
    }
    assert!(refused > 200 && other > 10, "{refused} refused, {other} consistent");
}

#[test]
fn threads_share_one_snapshot_and_nobody_waits_for_an_error() {
    let opened = Opened::from_bytes(small().to_file().unwrap()).unwrap();
    let first = std::thread::scope(|scope| {
        let asked: Vec<_> =
            (0..8).map(|_| scope.spawn(|| std::ptr::from_ref(opened.snapshot().unwrap()).addr())).collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(first.iter().all(|other| *other == first[0]));
}

#[test]
fn a_file_that_is_cut_or_overwritten_after_opening_is_an_error_that_names_it() {
    let path = std::env::temp_dir().join(format!("modeldex-opened-{}.arrow", std::process::id()));
    let (snapshot, said) = (small(), |why: Error| {
        assert!(matches!(&why, Error::File(text) if text.contains("modeldex-opened")), "{why}");
    });
    let write = |bytes: &[u8]| std::fs::write(&path, bytes).unwrap();
    let bytes = snapshot.to_file().unwrap();
    for late in [Vec::new(), vec![0; bytes.len()], bytes[..bytes.len() / 2].to_vec()] {
        write(&bytes);
        let (opened, touched) = (Opened::open(&path).unwrap(), Opened::open(&path).unwrap());
        told(&touched, &names(&snapshot)).unwrap();
        touched.document(0).unwrap();
        write(&late);
        said(opened.get("a/one").unwrap_err());
        said(opened.document(0).unwrap_err());
        said(opened.snapshot().unwrap_err());
        said(opened.names().unwrap_err());
        // What was read and checked before stays good.
        told(&touched, &names(&snapshot)).unwrap();
        touched.document(1).unwrap();
        said(touched.snapshot().unwrap_err());
        // An error is not kept: the file is whole again.
        write(&bytes);
        assert_eq!(content(opened.snapshot().unwrap()), content(&snapshot));
        told(&opened, &names(&snapshot)).unwrap();
    }
    std::fs::remove_file(&path).unwrap();
}

/// A device with room for so many bytes.
struct Full(usize);

impl std::io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0 == 0 {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_device_is_an_error_wherever_it_ends() {
    let snapshot = small();
    let len = snapshot.to_file().unwrap().len();
    for room in 0..len {
        assert!(matches!(snapshot.write_to(Full(room)), Err(Error::File(_))), "{room}");
    }
    snapshot.write_to(Full(len)).unwrap();
}
