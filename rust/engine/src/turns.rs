//! One at a time: who makes a value while the others wait.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const NOBODY: u32 = 0;
/// How long those who wait sleep: making it takes milliseconds to tenths of seconds.
const WAIT: Duration = Duration::from_micros(200);

/// The process that is at it, if any.
///
/// Not a lock: a process that is forked while another thread is at it has no such thread. It sees that
/// whoever is at it is of another process, and takes the turn.
#[derive(Debug)]
pub(crate) struct Turns(AtomicU32);

/// The turn of one thread; over when dropped, whatever came of it.
pub(crate) struct Turn<'a>(&'a AtomicU32);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.store(NOBODY, Ordering::Release);
    }
}

impl Default for Turns {
    fn default() -> Self {
        Self::new()
    }
}

impl Turns {
    pub(crate) const fn new() -> Self {
        Self(AtomicU32::new(NOBODY))
    }

    /// Waits for the turn.
    pub(crate) fn take(&self) -> Turn<'_> {
        let (own, mut maker) = (std::process::id(), NOBODY);
        loop {
            match self.0.compare_exchange(maker, own, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return Turn(&self.0),
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

    #[test]
    fn whoever_was_left_behind_by_a_fork_is_not_waited_for() {
        let turns = Turns(AtomicU32::new(std::process::id() + 1));
        drop(turns.take());
        assert_eq!(turns.0.load(Ordering::Relaxed), NOBODY);
    }
}
