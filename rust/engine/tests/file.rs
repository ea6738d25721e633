//! Snapshot files: what was saved is what is opened, and nothing else is.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod saved;

use std::path::PathBuf;

use modeldex_engine::{Error, Result, Snapshot, reseal};
use proptest::prelude::*;
use saved::{answers, content, model, of, small};

/// A directory of this test alone, gone afterwards.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("modeldex-file-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("models.arrow")
    }

    fn entries(&self) -> usize {
        std::fs::read_dir(&self.0).unwrap().count()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Opens and reads every document.
fn read(bytes: &[u8]) -> Result<Snapshot> {
    let snapshot = Snapshot::from_bytes(bytes)?;
    for row in 0..snapshot.rows() {
        snapshot.documents().read(row)?;
    }
    Ok(snapshot)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_opened_is_what_was_saved(models in proptest::collection::vec(model(), 0..40), gone in proptest::collection::vec(any::<prop::sample::Index>(), 0..8)) {
        let mut snapshot = of(&models);
        if !models.is_empty() {
            for index in gone {
                let id = models[index.index(models.len())].id.clone();
                let mut edit = snapshot.edit();
                if edit.remove(&id).is_ok() {
                    snapshot = edit.finish().0;
                }
            }
        }
        let bytes = snapshot.to_file().unwrap();
        let opened = Snapshot::from_bytes(bytes.clone()).unwrap();
        prop_assert_eq!(content(&opened), content(&snapshot));
        prop_assert_eq!(answers(&opened), answers(&snapshot));
        prop_assert_eq!(opened.fingerprint(), snapshot.fingerprint());
        opened.verify().unwrap();
        prop_assert_eq!(opened.rows(), snapshot.len());
        prop_assert!(opened.to_file().unwrap() == bytes, "saved again, it is the same file");
    }

    #[test]
    fn history_leaves_no_trace(models in proptest::collection::vec(model(), 1..20), before in proptest::collection::vec(model(), 1..20)) {
        // Another first life: terms, measures and rows that are gone later, all in one registry.
        let mut snapshot = of(&before);
        let ids: Vec<String> = snapshot.names().ids().map(|(_, id)| id.to_owned()).collect();
        let mut edit = snapshot.edit();
        for id in ids {
            edit.remove(&id).unwrap();
        }
        snapshot = edit.finish().0;
        for model in &models {
            let mut edit = snapshot.edit();
            if edit.put(model, false).is_ok() {
                snapshot = edit.finish().0;
            }
        }
        let plain = of(&models);
        prop_assert_eq!(content(&snapshot), content(&plain));
        prop_assert!(snapshot.to_file().unwrap() == plain.to_file().unwrap());
    }

    #[test]
    fn changes_go_on_from_an_opened_file(models in proptest::collection::vec(model(), 1..20), more in proptest::collection::vec(model(), 1..20)) {
        let first = of(&models);
        let opened = Snapshot::from_bytes(first.to_file().unwrap()).unwrap();
        let change = |snapshot: &Snapshot| {
            let mut snapshot = snapshot.clone();
            for model in &more {
                let mut edit = snapshot.edit();
                if edit.put(model, true).is_ok() {
                    snapshot = edit.finish().0;
                }
            }
            snapshot
        };
        let (held, stored) = (change(&first), change(&opened));
        prop_assert_eq!(content(&stored), content(&held));
        prop_assert_eq!(answers(&stored), answers(&held));
        prop_assert!(stored.to_file().unwrap() == held.to_file().unwrap());
        stored.verify().unwrap();
    }
}

#[test]
fn every_flipped_bit_is_an_error() {
    let mut bytes = small().to_file().unwrap();
    assert!(read(&bytes).is_ok());
    for at in 0..bytes.len() {
        for bit in 0..8 {
            bytes[at] ^= 1 << bit;
            assert!(read(&bytes).is_err(), "bit {bit} of byte {at}");
            bytes[at] ^= 1 << bit;
        }
    }
}

#[test]
fn every_cut_and_whatever_is_appended_is_an_error() {
    let bytes = small().to_file().unwrap();
    for len in 0..bytes.len() {
        assert!(read(&bytes[..len]).is_err(), "cut to {len}");
        assert!(read(&reseal(bytes[..len].to_vec())).is_err(), "cut to {len} and sealed");
        assert!(read(&bytes[bytes.len() - len..]).is_err(), "the last {len}");
    }
    let endings = [vec![0], vec![0; 64], b"ARROW1".to_vec(), bytes.clone(), bytes[bytes.len() - 10..].to_vec()];
    for ending in endings {
        let longer = [bytes.as_slice(), &ending].concat();
        assert!(read(&longer).is_err(), "{} bytes appended", ending.len());
        assert!(read(&reseal(longer)).is_err(), "{} bytes appended and sealed", ending.len());
    }
}

/// Damage with the hashes made right again: refused, or a snapshot that agrees with itself and
/// that can be saved.
#[test]
fn every_flipped_bit_with_the_right_hashes_is_an_error_or_consistent() {
    let bytes = small().to_file().unwrap();
    assert!(reseal(bytes.clone()) == bytes);
    let (whole, fingerprint) = (content(&small()), small().fingerprint());
    let opens = &|bit: usize| {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let Ok(snapshot) = read(&reseal(damaged)) else { return false };
        // Most damage is to what only other readers look at.
        if content(&snapshot) != whole || snapshot.fingerprint() != fingerprint {
            saved::check(&snapshot);
        }
        true
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let consistent: usize = std::thread::scope(|scope| {
        let bits = bytes.len() * 8;
        let parts: Vec<_> = (0..threads)
            .map(|part| scope.spawn(move || (part..bits).step_by(threads).filter(|bit| opens(*bit)).count()))
            .collect();
        parts.into_iter().map(|part| part.join().unwrap()).sum()
    });
    // Letters of names and documents may change without harm; counts and places may not.
    let refused = bytes.len() * 8 - consistent;
    assert!(refused > 1_000 && consistent > 1_000, "{refused} refused, {consistent} consistent");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn several_changed_bytes_with_the_right_hashes_are_an_error_or_consistent(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = small().to_file().unwrap();
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(snapshot) = read(&reseal(bytes)) {
            saved::check(&snapshot);
        }
    }
}

#[test]
fn a_file_on_disk_is_replaced_whole_and_keeps_serving_those_who_opened_it() {
    let directory = Directory::new("replace");
    let (file, snapshot) = (directory.file(), small());
    snapshot.write(&file).unwrap();
    let opened = Snapshot::open(&file).unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), snapshot.to_file().unwrap());
    of(&[]).write(&file).unwrap();
    assert_eq!(directory.entries(), 1);
    assert!(Snapshot::open(&file).unwrap().is_empty());
    assert_eq!(content(&opened), content(&snapshot));
}

#[test]
fn a_damaged_document_is_an_error_when_it_is_read() {
    let directory = Directory::new("lazy");
    let (file, snapshot) = (directory.file(), small());
    let mut bytes = snapshot.to_file().unwrap();
    let document = snapshot.documents().read(0).unwrap();
    let at = bytes.windows(document.len()).position(|window| *window == *document).unwrap();
    bytes[at] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    let opened = Snapshot::open(&file).unwrap();
    assert_eq!(opened.len(), snapshot.len());
    assert!(matches!(opened.documents().read(0), Err(Error::File(_))));
    // Whole again, it is read; once read, the file does not matter.
    bytes[at] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    assert_eq!(opened.documents().read(0).unwrap(), document);
    std::fs::write(&file, b"").unwrap();
    assert_eq!(opened.documents().read(0).unwrap(), document);
    let late = Snapshot::open(&file).unwrap_err();
    assert!(late.to_string().contains("cut off"), "{late}");
}

#[test]
fn what_is_wrong_is_said() {
    let directory = Directory::new("errors");
    let file = directory.file();
    let said = |what: &str| {
        let why = Snapshot::open(&file).unwrap_err().to_string();
        assert!(why.contains(what) && why.contains("models.arrow"), "{why}");
    };
    said("no such file");
    let mut bytes = small().to_file().unwrap();
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    said("cut off");
    bytes[100] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    said("its hash is another");
    bytes[100] ^= 1;
    let format = bytes.windows(8).rposition(|window| window == b"modeldex").unwrap() + 8;
    bytes[format] = 9;
    std::fs::write(&file, &bytes).unwrap();
    said("format 9, this version of modeldex reads format 2: a later version wrote it");
    // Written by the version before.
    std::fs::write(&file, include_bytes!("saved/format1.arrow")).unwrap();
    said("format 1, this version of modeldex reads format 2: make it anew from its definitions");
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    said("this is no file");
    assert!(small().write(&file).is_err());
    assert_eq!(directory.entries(), 1, "nothing is left over");
    assert!(small().write(directory.0.join("missing/models.arrow")).is_err());
}

#[test]
fn a_document_must_be_text_and_may_be_large_or_empty() {
    let mut models = saved::definitions();
    models[0].document = Vec::new();
    models[1].document = vec![b'x'; 3 << 20];
    models[2].document = vec![b'y'; 1 << 20];
    let snapshot = of(&models);
    assert_eq!(content(&Snapshot::from_bytes(snapshot.to_file().unwrap()).unwrap()), content(&snapshot));
    models[0].document = vec![0xFF];
    assert!(matches!(of(&models).to_file(), Err(Error::File(_))));
}

#[test]
fn rows_beyond_a_block_a_chunk_and_a_posting_come_back() {
    let mut edit = of(&[]).edit();
    for at in 0..67_000 {
        edit.put(&saved::numbered(at), false).unwrap();
    }
    for at in (0..67_000).step_by(100) {
        edit.remove(&saved::numbered(at).id).unwrap();
    }
    let snapshot = edit.finish().0;
    let opened = Snapshot::from_bytes(snapshot.to_file().unwrap()).unwrap();
    assert_eq!(opened.rows(), 66_330);
    assert_eq!(answers(&opened), answers(&snapshot));
    opened.verify().unwrap();
}
