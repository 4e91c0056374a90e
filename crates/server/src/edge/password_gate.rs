//! Where passwords are hashed and compared: two at a time, each some 20 MiB and some 20 ms of a
//! processor, away from the threads that serve calls; so many wait, and one more is told to come
//! back. Whoever floods the sign-in page keeps this door busy and no other.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use rollcall_directory::sessions::{Password, PasswordHash};
use tokio::sync::Semaphore;

use super::call_id;

const AT_A_TIME: usize = 2;
/// It opens nothing.
const NOBODYS: &str = "the password of nobody";
/// Some two seconds' worth.
const WAITING_MAX: usize = 64;

pub(crate) struct PasswordGate {
    turns: Arc<Semaphore>,
    inside: Arc<AtomicUsize>,
    /// Compared with where there is nobody, so that the time does not tell. Made at the first use.
    nobodys: Arc<LazyLock<Option<PasswordHash>>>,
}

/// Too many wait already, or the work could not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl PasswordGate {
    pub(crate) fn new() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_A_TIME)),
            inside: Arc::default(),
            nobodys: Arc::new(LazyLock::new(|| Password::new(NOBODYS.to_owned()).hash(&[0; 16]))),
        }
    }

    /// Is it theirs? With nobody's hash it takes as long, and is never right.
    pub(crate) async fn matches(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<bool, Full> {
        let nobodys = Arc::clone(&self.nobodys);
        self.within(move || {
            let nobodys = LazyLock::force(&nobodys).as_ref();
            let is_right = hash.as_ref().or(nobodys).is_some_and(|hash| password.matches(hash));
            is_right && hash.is_some()
        })
        .await
    }

    /// The hash to keep. `None`: it is empty or too long.
    pub(crate) async fn hash(
        &self,
        password: Password,
        salt: [u8; 16],
    ) -> Result<Option<PasswordHash>, Full> {
        self.within(move || password.hash(&salt)).await
    }

    async fn within<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Full> {
        let inside = Inside::enter(&self.inside)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_closed| Full)?;
        // The turn goes along: whoever hangs up does not make room before the work is done.
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((turn, inside));
            done
        });
        done.await.map_err(|error| {
            call_id::log(|| tracing::error!(%error, "a password could not be looked at"));
            Full
        })
    }
}

struct Inside(Arc<AtomicUsize>);

impl Inside {
    fn enter(count: &Arc<AtomicUsize>) -> Result<Self, Full> {
        let inside = Self(Arc::clone(count));
        let before = inside.0.fetch_add(1, Ordering::Relaxed);
        (before < AT_A_TIME + WAITING_MAX).then_some(inside).ok_or(Full)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_password_is_compared_with_its_own_hash_and_never_with_nobodys() {
        let gate = PasswordGate::new();
        let hash = gate.hash(password("right"), [2; 16]).await.unwrap();
        assert_eq!(gate.matches(password("right"), hash.clone()).await, Ok(true));
        assert_eq!(gate.matches(password("wrong"), hash).await, Ok(false));
        let nobodys = gate.matches(password(NOBODYS), None).await;
        assert_eq!(nobodys, Ok(false));
        assert_eq!(gate.hash(password(""), [2; 16]).await, Ok(None));
        assert_eq!(gate.hash(password(&"x".repeat(1025)), [2; 16]).await, Ok(None));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn two_at_a_time_and_so_many_wait() {
        let gate = Arc::new(PasswordGate::new());
        let at_once = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        let (open, closed) = std::sync::mpsc::channel::<()>();
        let closed = Arc::new(std::sync::Mutex::new(closed));
        let mut all = Vec::new();
        for _ in 0..AT_A_TIME + WAITING_MAX {
            let (gate, at_once) = (Arc::clone(&gate), Arc::clone(&at_once));
            let (most, closed) = (Arc::clone(&most), Arc::clone(&closed));
            all.push(tokio::spawn(async move {
                let work = move || {
                    most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    let _ = closed.lock().unwrap().recv();
                    at_once.fetch_sub(1, Ordering::SeqCst);
                };
                gate.within(work).await
            }));
        }
        while gate.inside.load(Ordering::SeqCst) < AT_A_TIME + WAITING_MAX {
            tokio::task::yield_now().await;
        }
        assert_eq!(gate.within(|| ()).await, Err(Full));
        drop(open);
        for one in all {
            assert_eq!(one.await.unwrap(), Ok(()));
        }
        assert!(most.load(Ordering::SeqCst) <= AT_A_TIME);
        assert_eq!(gate.within(|| ()).await, Ok(()), "there is room again");
    }
}
