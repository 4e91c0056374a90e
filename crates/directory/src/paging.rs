//! Pages that go both ways. Where a page begins is a key that was seen, never a count, so that acts
//! between two pages neither skip nor repeat.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At<K> {
    Start,
    After(K),
    Before(K),
}

/// A page, and where the ones beside it begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paged<T, K> {
    pub rows: Vec<T>,
    pub previous: Option<At<K>>,
    pub next: Option<At<K>>,
}

impl<K: Copy> At<K> {
    #[must_use]
    pub const fn key(&self) -> Option<K> {
        match self {
            Self::Start => None,
            Self::After(key) | Self::Before(key) => Some(*key),
        }
    }

    pub(crate) const fn is_before(&self) -> bool {
        matches!(self, Self::Before(_))
    }

    /// One more than the page, to know whether there is more.
    pub(crate) fn rows_wanted(size: u16) -> i64 {
        i64::from(size) + 1
    }

    /// Of the rows that were found: from the key on, in whichever way the page goes.
    pub(crate) fn page<T>(
        self,
        mut found: Vec<T>,
        size: u16,
        key: impl Fn(&T) -> K,
    ) -> Paged<T, K> {
        let more = found.len() > usize::from(size);
        found.truncate(usize::from(size));
        if self.is_before() {
            found.reverse();
        }
        let first = found.first().map(|row| Self::Before(key(row)));
        let last = found.last().map(|row| Self::After(key(row)));
        let (previous, next) = match self {
            Self::Start => (None, last.filter(|_| more)),
            Self::After(_) => (first, last.filter(|_| more)),
            Self::Before(_) => (first.filter(|_| more), last),
        };
        Paged { rows: found, previous, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a store would find among 1 to 7.
    fn page(at: At<u8>) -> Paged<u8, u8> {
        let found: Vec<u8> = match at {
            At::Start => (1..=3).collect(),
            At::After(key) => (key + 1..=7).take(3).collect(),
            At::Before(key) => (1..key).rev().take(3).collect(),
        };
        at.page(found, 2, |row| *row)
    }

    #[test]
    fn a_walk_there_and_back_sees_everybody_once() {
        let (mut there, mut at) = (Vec::new(), Some(At::Start));
        let mut last = page(At::Start);
        while let Some(here) = at {
            last = page(here);
            there.extend(last.rows.clone());
            at = last.next;
        }
        assert_eq!(there, [1, 2, 3, 4, 5, 6, 7]);
        let (mut back, mut at) = (Vec::new(), last.previous);
        while let Some(here) = at {
            last = page(here);
            back.splice(0..0, last.rows.clone());
            at = last.previous;
        }
        assert_eq!(back, [1, 2, 3, 4, 5, 6]);
        assert_eq!(page(At::Start).previous, None);
    }
}
