//! The journal keeps what ends, gives it out by number and by end, and forgets the oldest.

use rollcall_directory::world::Moment;

use super::*;

pub(super) fn exchange(number: u64, account: &str) -> Exchange {
    Exchange {
        number,
        started: Moment::from_millis(0),
        since_start: Duration::from_millis(number),
        took: Duration::from_millis(1),
        request_id: format!("{number:016x}"),
        sent: Sent::default(),
        meant: Meant { account: Some(account.to_owned()), ..Meant::default() },
        answered: Answered::Nothing { acted: Some(false), by: Left::Double },
        told: Told::default(),
        played: None,
    }
}

fn journal(numbers: &[u64]) -> Journal {
    let journal = Journal::default();
    for number in numbers {
        journal.push(exchange(*number, if number % 2 == 0 { "EVEN" } else { "ODD" }));
    }
    journal
}

fn numbers(stretch: &Stretch) -> Vec<u64> {
    stretch.exchanges.iter().map(|one| one.number).collect()
}

#[test]
fn whoever_follows_misses_none_that_ends_late() {
    let journal = journal(&[1, 3]);
    let first = journal.after(0, None, 10);
    assert_eq!((numbers(&first), first.newest), (vec![1, 3], 2));
    journal.push(exchange(2, "EVEN"));
    assert_eq!(numbers(&journal.after(first.newest, None, 10)), [2]);
    let all: Vec<u64> = journal.all().iter().map(|one| one.number).collect();
    assert_eq!(all, [1, 2, 3]);
    assert_eq!(journal.get(2).unwrap().number, 2);
    assert!(journal.get(4).is_none());
}

#[test]
fn a_stretch_is_of_one_account_and_goes_on_where_it_ended() {
    let journal = journal(&[1, 2, 3, 4, 5, 6]);
    let first = journal.after(0, Some("EVEN"), 2);
    assert_eq!((numbers(&first), first.newest), (vec![2, 4], 4));
    let second = journal.after(first.newest, Some("EVEN"), 2);
    assert_eq!((numbers(&second), second.newest), (vec![6], 6));
    assert_eq!(numbers(&journal.after(second.newest, Some("EVEN"), 2)), Vec::<u64>::new());
    assert_eq!(journal.after(0, Some("NOBODY"), 2).newest, 6);
}

#[test]
fn the_oldest_leave_first() {
    let journal = Journal::default();
    let many = KEPT_MAX as u64 + 2;
    for number in 1..=many {
        journal.push(exchange(number, "A"));
    }
    assert_eq!(journal.all().len(), KEPT_MAX);
    assert!(journal.get(2).is_none());
    assert!(journal.get(3).is_some());
    assert_eq!(journal.after(0, None, 1).newest, 3);
}

#[test]
fn large_bodies_leave_before_they_fill_the_memory() {
    let journal = Journal::default();
    let text = "x".repeat(1024 * 1024);
    for number in 1..=200 {
        let mut large = exchange(number, "A");
        let body = Text { text: text.clone(), bytes: 1024 * 1024, is_cut: false };
        large.answered = Answered::Whole { status: 200, headers: Vec::new(), body };
        journal.push(large);
    }
    let kept = journal.all().len();
    assert!((100..=128).contains(&kept), "{kept}");
    assert!(journal.get(200).is_some());
}

#[tokio::test]
async fn waiting_ends_when_something_ends_or_all_is_cleared() {
    let patience = Duration::from_secs(60);
    let journal = Arc::new(journal(&[1]));
    let other = journal.clone();
    let waiting =
        tokio::spawn(async move { other.next_after(1, Some("EVEN"), 10, patience).await });
    tokio::task::yield_now().await;
    journal.push(exchange(3, "ODD"));
    journal.push(exchange(2, "EVEN"));
    assert_eq!(numbers(&waiting.await.unwrap()), [2]);
    let other = journal.clone();
    let waiting = tokio::spawn(async move { other.next_after(3, None, 10, patience).await });
    tokio::time::sleep(Duration::from_millis(20)).await;
    journal.clear();
    let stretch = waiting.await.unwrap();
    assert_eq!((numbers(&stretch), stretch.newest, stretch.clears), (vec![], 3, 1));
    let none = journal.next_after(3, None, 10, Duration::from_millis(5)).await;
    assert_eq!(none.exchanges.len(), 0);
}

#[test]
fn the_file_has_a_line_for_each_and_keeps_what_stood_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    for number in [1, 2] {
        let journal = Journal::default();
        journal.write_to(&path).unwrap();
        journal.push(exchange(number, "A"));
        journal.clear();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let read: Vec<Exchange> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read, [exchange(1, "A"), exchange(2, "A")]);
    assert!(Journal::default().write_to(folder.path()).is_err());
}
