//! How the log is searched on SQLite: by summaries of 256 consecutive records each, not by indexes
//! that every record is written to. A summary is the words of all by which a record of its block may
//! be asked for; a block that lacks one of them is not read. A block that has no summary is read: what
//! is found never depends on a summary being there. PostgreSQL has indexes, and none of this.

pub(crate) mod sqlite;

use std::ops::Range;

use aws_lc_rs::digest::{Context, SHA256};

/// Numbers begin at 1, so the first block has one record less.
const RECORDS: u64 = 256;

/// Stands for a person, an application or a kind. Kept in databases: never made otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Word([u8; 4]);

impl Word {
    pub(super) fn person(id: &str) -> Self {
        Self::of("person:", id)
    }

    pub(super) fn application(id: &str) -> Self {
        Self::of("application:", id)
    }

    pub(super) fn kind(kind: &str) -> Self {
        Self::of("kind:", kind)
    }

    /// Of 32 bits: among the 300 of a block a foreign one is met once in 14 million times.
    fn of(tag: &str, text: &str) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(tag.as_bytes());
        context.update(text.as_bytes());
        let hash = context.finish();
        Self(*hash.as_ref().first_chunk().expect("SHA-256 gives 32 bytes"))
    }
}

/// By what one record may be asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks<'a> {
    /// Whom it is about, and who acted.
    pub people: [Option<&'a str>; 2],
    pub applications: [Option<&'a str>; 2],
    pub kind: &'a str,
}

/// The words of a block, as they come.
#[derive(Debug, Default)]
pub(super) struct Words(Vec<Word>);

impl Words {
    pub(super) fn add(&mut self, record: Marks<'_>) {
        self.0.extend(record.people.into_iter().flatten().map(Word::person));
        self.0.extend(record.applications.into_iter().flatten().map(Word::application));
        self.0.push(Word::kind(record.kind));
    }

    /// As they are kept: each once, in order.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.0.sort_unstable();
        self.0.dedup();
        self.0.iter().flat_map(|word| word.0).collect()
    }
}

/// Whether a block of these words may have a record with all that is asked for.
pub(super) fn may_hold(words: &[u8], asked: &[Word]) -> bool {
    let (words, rest) = words.as_chunks();
    // None of ours: then it says nothing.
    !rest.is_empty() || asked.iter().all(|word| words.binary_search(&word.0).is_ok())
}

pub(super) const fn block_of(seq: u64) -> u64 {
    seq / RECORDS
}

/// The numbers of its records.
pub(super) const fn range(block: u64) -> Range<u64> {
    let start = block.saturating_mul(RECORDS);
    start..start.saturating_add(RECORDS)
}

/// How many blocks have all their records, in a log that ends there.
pub(super) const fn complete(last_seq: u64) -> u64 {
    block_of(last_seq.saturating_add(1))
}

/// A log is walked from its newest record or from its oldest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Back,
    Forth,
}

/// What is left of a walk, at a block that has a summary. Each may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Before it on the way: in blocks that have none.
    pub gap: Range<u64>,
    pub inside: Range<u64>,
    /// Behind it on the way.
    pub rest: Range<u64>,
}

impl Way {
    pub(super) fn step(self, left: &Range<u64>, block: u64) -> Step {
        let block = range(block);
        let inside = block.start.max(left.start)..block.end.min(left.end);
        let below = left.start..block.start.min(left.end);
        let above = block.end.max(left.start)..left.end;
        match self {
            Self::Back => Step { gap: above, inside, rest: below },
            Self::Forth => Step { gap: below, inside, rest: above },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_set, vec};
    use proptest::prelude::{any, prop_assert, prop_assert_eq};

    use super::*;

    #[test]
    fn a_block_has_256_records_and_the_first_one_less() {
        for (seq, block) in [(1, 0), (255, 0), (256, 1), (511, 1), (512, 2)] {
            assert_eq!(block_of(seq), block);
            assert!(range(block).contains(&seq));
        }
        assert_eq!(range(1), 256..512);
        for (last, blocks) in [(0, 0), (1, 0), (254, 0), (255, 1), (510, 1), (511, 2)] {
            assert_eq!(complete(last), blocks, "a log that ends at {last}");
        }
    }

    /// They are kept: another word for the same would hide records.
    #[test]
    fn words_are_for_ever() {
        let person = Word::person("AEAQCAIBAEAQCAIBAEAQCAIBAE");
        let application = Word::application("01010101-0101-4101-8101-010101010101");
        assert_eq!(person.0, [0x8d, 0x72, 0xc6, 0xaa]);
        assert_eq!(application.0, [0x9e, 0xed, 0x1e, 0x44]);
        assert_eq!(Word::kind("refused").0, [0xed, 0xd4, 0x02, 0xfb]);
    }

    #[test]
    fn what_is_no_summary_says_nothing() {
        let words = [1, 2, 3, 4, 5];
        assert!(may_hold(&words, &[Word([9; 4])]));
        assert!(!may_hold(&words[..4], &[Word([9; 4])]));
        assert!(!may_hold(&[], &[Word([9; 4])]));
    }

    proptest::proptest! {
        #[test]
        fn a_record_is_never_hidden(records in vec((any::<u16>(), any::<u16>(), any::<u8>()), 1..300)) {
            let mut words = Words::default();
            let texts = records.iter().map(|(person, application, kind)| {
                (person.to_string(), application.to_string(), kind.to_string())
            });
            let texts: Vec<_> = texts.collect();
            for (person, application, kind) in &texts {
                let people = [None, Some(person.as_str())];
                words.add(Marks { people, applications: [Some(application), None], kind });
            }
            let words = words.into_bytes();
            for (person, application, kind) in &texts {
                let asked = [Word::person(person), Word::application(application), Word::kind(kind)];
                prop_assert!(may_hold(&words, &asked));
                for word in asked {
                    prop_assert!(may_hold(&words, &[word]));
                }
            }
            let (chunks, rest) = words.as_chunks::<4>();
            prop_assert!(rest.is_empty() && chunks.is_sorted_by(|a, b| a < b));
            for known in [vec![], vec![Word::kind(&texts[0].2)]] {
                prop_assert!(!may_hold(&words, &[known, vec![Word::person("nobody")]].concat()));
            }
        }

        /// Whichever blocks have summaries, a walk meets each number once, in its order.
        #[test]
        fn a_walk_meets_everything_once(
            from in 0_u64..2_000, length in 0_u64..2_000, blocks in btree_set(0_u64..18, 0..18),
        ) {
            let walk = |way: Way, blocks: Vec<u64>| {
                let (mut met, mut left) = (Vec::new(), from..from + length);
                for block in blocks {
                    let step = way.step(&left, block);
                    met.extend([step.gap, step.inside]);
                    left = step.rest;
                }
                met.push(left);
                met
            };
            let forth = walk(Way::Forth, blocks.iter().copied().collect());
            let back = walk(Way::Back, blocks.iter().rev().copied().collect());
            let all: Vec<u64> = (from..from + length).collect();
            prop_assert_eq!(forth.into_iter().flatten().collect::<Vec<_>>(), all.clone());
            let back = back.into_iter().flat_map(Iterator::rev);
            prop_assert_eq!(back.collect::<Vec<_>>(), all.into_iter().rev().collect::<Vec<_>>());
        }
    }
}
