//! A value that whoever needs it first makes, once, while the others wait.

use std::sync::OnceLock;

use crate::turns::Turns;

/// A value, and who is making it.
#[derive(Debug)]
pub(crate) struct Once<T> {
    value: OnceLock<T>,
    turns: Turns,
}

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Once<T> {
    pub(crate) const fn new() -> Self {
        Self { value: OnceLock::new(), turns: Turns::new() }
    }

    /// The value, where it was made.
    pub(crate) fn get(&self) -> Option<&T> {
        self.value.get()
    }

    /// The value; an error is not kept, since what failed may work next time. `make` must not ask for
    /// this value itself.
    pub(crate) fn get_or_make<E>(&self, make: impl FnOnce() -> Result<T, E>) -> Result<&T, E> {
        if let Some(value) = self.value.get() {
            return Ok(value);
        }
        let turn = self.turns.take();
        if let Some(value) = self.value.get() {
            return Ok(value);
        }
        let made = make()?;
        let value = self.value.get_or_init(|| made);
        drop(turn);
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

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
}
