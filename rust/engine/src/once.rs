//! A value that whoever needs it first makes, once, while the others wait.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const NOBODY: u32 = 0;
/// How long those who wait sleep: making it takes milliseconds to tenths of seconds.
const WAIT: Duration = Duration::from_micros(200);

/// A value, and the process that is making it.
///
/// Not a lock: a process that is forked while another thread makes the value has no such thread. It
/// sees that the maker is of another process, and makes the value itself.
#[derive(Debug)]
pub(crate) struct Once<T> {
    value: OnceLock<T>,
    maker: AtomicU32,
}

/// The turn of one thread to make the value; over when dropped, whatever came of it.
struct Turn<'a>(&'a AtomicU32);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.store(NOBODY, Ordering::Release);
    }
}

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Once<T> {
    pub(crate) const fn new() -> Self {
        Self { value: OnceLock::new(), maker: AtomicU32::new(NOBODY) }
    }

    /// The value; an error is not kept, since what failed may work next time. `make` must not ask for
    /// this value itself.
    pub(crate) fn get_or_make<E>(&self, make: impl FnOnce() -> Result<T, E>) -> Result<&T, E> {
        if let Some(value) = self.value.get() {
            return Ok(value);
        }
        let turn = self.turn(std::process::id());
        if let Some(value) = self.value.get() {
            return Ok(value);
        }
        let made = make()?;
        let value = self.value.get_or_init(|| made);
        drop(turn);
        Ok(value)
    }

    /// The value, where it was made.
    pub(crate) fn get(&self) -> Option<&T> {
        self.value.get()
    }

    fn turn(&self, own: u32) -> Turn<'_> {
        let mut maker = NOBODY;
        loop {
            match self.maker.compare_exchange(maker, own, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return Turn(&self.maker),
                // A thread of this process is at it: the next attempt is to find that nobody is.
                Err(other) if other == own => {
                    maker = NOBODY;
                    std::thread::sleep(WAIT);
                }
                // Nobody any more, or a thread that was left behind in the parent.
                Err(other) => maker = other,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn threads_share_one_and_an_error_is_not_kept() {
        let (once, made) = (Once::new(), AtomicUsize::new(0));
        assert!(once.get_or_make(|| Err(Error::File("no".into()))).is_err());
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let make = || {
                        std::thread::sleep(Duration::from_millis(5));
                        Ok::<_, Error>(made.fetch_add(1, Ordering::Relaxed))
                    };
                    assert_eq!(once.get_or_make(make), Ok(&0));
                });
            }
        });
        assert_eq!(made.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn whoever_was_left_behind_by_a_fork_is_not_waited_for() {
        let once = Once { value: OnceLock::new(), maker: AtomicU32::new(std::process::id() + 1) };
        assert_eq!(once.get_or_make(|| Ok::<_, Error>(7)), Ok(&7));
        assert_eq!(once.maker.load(Ordering::Relaxed), NOBODY);
    }
}
