//! The acts, so many at a time. Told to stop, it begins no further one and waits for those under
//! way; told again, it waits no longer, and says of those that it does not know.

use std::collections::HashSet;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use rollcall_sdk::{Act, Client};

use super::super::interrupt::Interrupt;
use super::super::rules::{Course, Outcome, Stop, outcome};
use super::{Found, Looked, Row};
use crate::printer::Printer;

type Tell<'a> = dyn FnMut(&Row<'_>) -> Outcome + 'a;

pub async fn work(
    client: &Client,
    act: Act,
    targets: &[Looked],
    at_once: usize,
    interrupt: &mut Interrupt,
    printer: &Printer,
    tell: &mut Tell<'_>,
) -> (Vec<Outcome>, Option<Stop>) {
    let one = async |at: usize| {
        let (id, before) = match &targets[at].found {
            Found::One(user) => (user.id.as_str(), Some(&user.state)),
            Found::IdAlone(id) => (id.as_str(), None),
            Found::Nobody | Found::Several(_) | Found::Wrong(_) => return (at, None),
        };
        let answered = client.act(act, id).await;
        let (outcome, error) = outcome(act, before, &answered);
        let request_id =
            answered.as_ref().err().and_then(|error| error.request_id()).map(str::to_owned);
        let after = answered.ok().map(|acted| acted.user.state);
        (at, Some(Row { looked: &targets[at], outcome, after, error, request_id }))
    };
    let mut course = Course::default();
    let mut outcomes = Vec::with_capacity(targets.len());
    let mut next = 0;
    let mut under_way = FuturesUnordered::new();
    let mut not_answered: HashSet<usize> = HashSet::new();
    loop {
        while course.stop.is_none() && under_way.len() < at_once && next < targets.len() {
            not_answered.insert(next);
            under_way.push(one(next));
            next += 1;
        }
        tokio::select! {
            ended = under_way.next() => match ended {
                None => break,
                Some((at, row)) => {
                    not_answered.remove(&at);
                    if let Some(row) = row {
                        course.note(row.outcome);
                        outcomes.push(tell(&row));
                    }
                }
            },
            () = interrupt.comes() => {
                if course.stop == Some(Stop::Interrupted) {
                    break;
                }
                course.halt(Stop::Interrupted);
                let count = under_way.len();
                printer.ask(&format!(
                    "Stopping: waiting for {count} under way. Again to wait no longer."
                ));
            }
        }
    }
    let mut left: Vec<usize> = not_answered.iter().copied().collect();
    left.sort_unstable();
    for at in left {
        let error = Some("the command was stopped before the answer came".to_owned());
        let row = Row { outcome: Outcome::Unknown, error, ..Row::not_tried(&targets[at]) };
        outcomes.push(tell(&row));
    }
    for target in &targets[next..] {
        outcomes.push(tell(&Row::not_tried(target)));
    }
    (outcomes, course.stop)
}
