//! Putting a file in the place of another, all or nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Tells the temporary files of one process apart.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// A file beside its target that goes away unless it took the target's place.
struct Temporary {
    path: PathBuf,
    done: bool,
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_file(&self.path);
        }
    }
}

pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let (mut temporary, mut file) = create(directory)?;
    file.write_all(bytes)?;
    // Else the rename may outlive a loss of power and the content not.
    file.sync_all()?;
    drop(file);
    fs::rename(&temporary.path, path)?;
    temporary.done = true;
    sync(directory)
}

/// In the same directory, since a rename works within one file system.
fn create(directory: &Path) -> io::Result<(Temporary, File)> {
    loop {
        let path =
            directory.join(format!(".modeldex.{}.{}.tmp", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((Temporary { path, done: false }, file)),
            // Left by a process of the same number that died.
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
            Err(why) => return Err(why),
        }
    }
}

#[cfg(unix)]
fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on unix, where it can fail")]
fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}
