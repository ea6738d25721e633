//! Putting a file in the place of another, all or nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::unwritten;
use crate::error::Result;

/// Bytes that are written at once.
const BUFFER: usize = 1 << 20;

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

/// Puts what `write` writes in the place of a file.
pub(super) fn write(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
    let wrong = |why: io::Error| unwritten(&why);
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let (mut temporary, file) = create(directory).map_err(wrong)?;
    let mut file = BufWriter::with_capacity(BUFFER, file);
    write(&mut file)?;
    let file = file.into_inner().map_err(|why| wrong(why.into_error()))?;
    // Else the rename may outlive a loss of power and the content not.
    file.sync_all().map_err(wrong)?;
    drop(file);
    fs::rename(&temporary.path, path).map_err(wrong)?;
    temporary.done = true;
    sync(directory).map_err(wrong)
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
