//! Where chance comes from: the system's generator, or a stream that replays from a seed.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::hmac;
use zeroize::Zeroize;

pub trait Randomness: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's randomness through aws-lc, drawn in blocks and wiped as it is used:
/// one call a request would cost more than all the rest of issuing a token.
pub struct SystemRandomness;

const BLOCK_BYTES: usize = 4096;

struct Block {
    bytes: [u8; BLOCK_BYTES],
    used: usize,
}

thread_local! {
    static BLOCK: RefCell<Block> =
        const { RefCell::new(Block { bytes: [0; BLOCK_BYTES], used: BLOCK_BYTES }) };
}

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        if bytes.len() > 256 {
            return draw(bytes);
        }
        BLOCK.with_borrow_mut(|block| {
            if block.used + bytes.len() > BLOCK_BYTES {
                draw(&mut block.bytes);
                block.used = 0;
            }
            let taken = block.used..block.used + bytes.len();
            bytes.copy_from_slice(&block.bytes[taken.clone()]);
            block.bytes[taken.clone()].zeroize();
            block.used = taken.end;
        });
    }
}

fn draw(bytes: &mut [u8]) {
    // A machine that cannot give random bytes must not issue anything at all.
    aws_lc_rs::rand::fill(bytes).expect("the system gives random bytes");
}

/// The same bytes in the same order for the same seed: HMAC-SHA256 in counter mode.
/// For tests and simulations; secrets made from it are only as secret as the seed.
pub struct ReplayedRandomness {
    key: hmac::Key,
    counter: AtomicU64,
}

impl ReplayedRandomness {
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, &seed.to_be_bytes()),
            counter: AtomicU64::new(0),
        }
    }
}

impl Randomness for ReplayedRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let count = self.counter.fetch_add(1, Ordering::SeqCst);
            let block = hmac::sign(&self.key, &count.to_be_bytes());
            chunk.copy_from_slice(&block.as_ref()[..chunk.len()]);
        }
    }
}
