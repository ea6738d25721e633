//! Where the bytes of a file come from.

use std::borrow::Cow;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, Result};

/// An open file and its length, or its bytes.
pub(super) enum Source {
    File(File, u64),
    Bytes(Arc<[u8]>),
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(_, len) => write!(f, "File({len} bytes)"),
            Self::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
        }
    }
}

fn blame(why: io::Error) -> Error {
    Error::File(match why.kind() {
        io::ErrorKind::NotFound => "there is no such file".into(),
        io::ErrorKind::UnexpectedEof => "the file was cut off since it was opened".into(),
        _ => format!("it cannot be read: {why}"),
    })
}

impl Source {
    pub(super) fn open(path: &Path) -> Result<Self> {
        // A pipe would keep us waiting and a device may never end, so they are not even opened.
        if !fs::metadata(path).map_err(blame)?.is_file() {
            return Err(Error::File("this is no file".into()));
        }
        if cfg!(not(any(unix, windows))) {
            return Ok(Self::Bytes(fs::read(path).map_err(blame)?.into()));
        }
        let file = File::open(path).map_err(blame)?;
        let len = file.metadata().map_err(blame)?.len();
        Ok(Self::File(file, len))
    }

    pub(super) fn len(&self) -> u64 {
        match self {
            Self::File(_, len) => *len,
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }

    /// These bytes; nothing is allocated for more than there are.
    pub(super) fn read(&self, offset: u64, len: u64) -> Result<Cow<'_, [u8]>> {
        let outside = || Error::File("the file is cut off".into());
        let end = offset.checked_add(len).filter(|end| *end <= self.len()).ok_or_else(outside)?;
        let (start, end) = (offset, usize::try_from(end).map_err(|_| outside())?);
        match self {
            Self::Bytes(bytes) => bytes.get(start as usize..end).map(Cow::Borrowed).ok_or_else(outside),
            Self::File(file, _) => {
                let mut buffer = vec![0; len as usize];
                read_exact_at(file, &mut buffer, start).map_err(blame)?;
                Ok(Cow::Owned(buffer))
            }
        }
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        // The position of the file moves too, but nobody relies on it.
        match std::os::windows::fs::FileExt::seek_read(file, buffer, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                buffer = &mut buffer[read..];
                offset += read as u64;
            }
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
    Ok(())
}

#[cfg(not(any(unix, windows)))]
fn read_exact_at(_: &File, _: &mut [u8], _: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
