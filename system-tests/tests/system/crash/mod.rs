//! What a store in a folder promises when its server dies: an act that was answered is there, with
//! its record, whole. `kill -9` in the middle of everything shows that nothing is half done; it
//! does not show that anything reached the disk, for the kernel lives on. That is shown by the
//! order of the server's own system calls.

mod caller;
mod evidence;
mod fifty_rounds;
mod journal;
mod seeding;
mod starts;
mod syncs;
mod trace;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use rollcall_directory::world::World;

/// Chance that repeats: a test prints the number, and `ROLLCALL_CRASH_SEED` gives it again. The same
/// number plans the same acts and kills; how far a server comes until then is up to the machine.
fn chance() -> (u64, ChaCha20Rng) {
    let seed = match std::env::var("ROLLCALL_CRASH_SEED") {
        Ok(seed) => seed.parse().expect("ROLLCALL_CRASH_SEED is a number"),
        Err(_) => u64::from_le_bytes(World::system().bytes()),
    };
    (seed, ChaCha20Rng::seed_from_u64(seed))
}
