//! Everybody who is due, so many calls at once.
//!
//! Permits are for calls. Who waits for the disk holds none, so the disk costs no call's place.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use rollcall_sdk::Act;
use tokio::sync::Semaphore;

use super::budget::{Budget, is_no_to_all};
use super::sight::Sight;
use super::step::{Looked, Step, after_act, after_look, looked};
use super::{AT_ONCE_MAX, Directory, End, Event, Halt, Options, Surroundings};
use crate::journal::{Issue, NotWritten, Outcome, Record, Records, Why};
use crate::plan::{Person, Plan};
use crate::progress::{Progress, Standing};

/// For each place among the calls, so many people: one calls, and the others wait for the disk.
const UNDER_WAY: usize = 4;

/// People to come to.
pub(super) struct Due<'a> {
    people: VecDeque<(&'a Person, Standing)>,
    settled_before: usize,
}

impl<'a> Due<'a> {
    pub(super) fn of(plan: &'a Plan, progress: &Progress, retry_refused: bool) -> Self {
        let mut due = Self { people: VecDeque::new(), settled_before: 0 };
        for (_, person) in plan.to_do() {
            let standing = progress.standing(&person.id);
            if standing.is_due(retry_refused) {
                due.people.push_back((person, standing));
            } else {
                due.settled_before += 1;
            }
        }
        due
    }

    pub(super) fn is_empty(&self) -> bool {
        self.people.is_empty()
    }
}

/// What came of coming to one person.
enum Came<'a> {
    Settled(&'a Person, Outcome),
    /// The run was told to stop before the call.
    NotStarted,
    /// Nobody of this application is let in.
    NotAllowed(Issue),
}

struct Engine<'a, D, R> {
    act: Act,
    directory: &'a D,
    records: &'a R,
    calls: Semaphore,
    sight: Sight,
    stopping: AtomicBool,
    events: &'a (dyn Fn(Event<'_>) + Sync),
}

pub(super) async fn carry_out<D: Directory, R: Records>(
    mut due: Due<'_>,
    act: Act,
    directory: &D,
    records: &R,
    options: &Options,
    around: Surroundings<'_>,
) -> Result<End, NotWritten> {
    let Surroundings { mut halt, events, .. } = around;
    let at_once = options.at_once.get().min(AT_ONCE_MAX);
    let engine = Engine {
        act,
        directory,
        records,
        calls: Semaphore::new(at_once),
        sight: Sight::default(),
        stopping: AtomicBool::new(false),
        events,
    };
    let people = due.people.len() + due.settled_before;
    events(Event::Begins { people, settled_before: due.settled_before });
    let mut budget = Budget::new(options.limits);
    let mut why: Option<Why> = None;
    let mut left_over = 0;
    let mut under_way = FuturesUnordered::new();
    loop {
        match *halt.borrow_and_update() {
            Halt::GoOn => {}
            Halt::StartNoMore => engine.stop(&mut why, Why::Interrupted),
            // Dropped with all that is under way: its intents are on disk.
            Halt::AtOnce => return Ok(End::Stopped(Why::Interrupted)),
        }
        while why.is_none() && under_way.len() < at_once * UNDER_WAY {
            let Some((person, standing)) = due.people.pop_front() else { break };
            under_way.push(engine.come_to(person, standing));
        }
        if under_way.is_empty() {
            break;
        }
        let came = tokio::select! {
            Some(came) = under_way.next() => came?,
            Ok(()) = halt.changed() => continue,
        };
        match came {
            Came::Settled(person, outcome) => {
                events(Event::Settled { person, outcome: &outcome });
                left_over += usize::from(is_left_over(&outcome));
                if let Some(spent) = budget.take(&outcome) {
                    engine.stop(&mut why, spent);
                }
            }
            Came::NotStarted => {}
            Came::NotAllowed(issue) => engine.stop(&mut why, Why::NotAllowed { issue }),
        }
    }
    if why.is_none() && left_over > 0 {
        why = Some(Why::LeftOver { people: left_over });
    }
    let (end, record) = match why {
        None => (End::Finished, Record::Finished),
        Some(why) => (End::Stopped(why.clone()), Record::Stopped { why }),
    };
    records.put(record).await?;
    Ok(end)
}

fn is_left_over(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::NotDone { .. } | Outcome::Unknown { .. })
}

impl<D: Directory, R: Records> Engine<'_, D, R> {
    /// The first reason is the one that is told.
    fn stop(&self, why: &mut Option<Why>, reason: Why) {
        self.stopping.store(true, Ordering::Relaxed);
        if why.is_none() {
            (self.events)(Event::Stopping { why: &reason });
            *why = Some(reason);
        }
    }

    /// Why is told when it is on disk.
    fn stop_if(&self, is_over: bool) {
        if is_over {
            self.stopping.store(true, Ordering::Relaxed);
        }
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    async fn come_to<'p>(
        &self,
        person: &'p Person,
        standing: Standing,
    ) -> Result<Came<'p>, NotWritten> {
        let id = &person.id;
        let Some(looked) = self.look(id).await else { return Ok(Came::NotStarted) };
        let found = match after_look(standing, looked, self.act) {
            Step::Act { found } => found,
            Step::Settle(outcome) => return self.settle(person, outcome).await,
            Step::Stop(issue) => return Ok(Came::NotAllowed(issue)),
        };
        if self.is_stopping() {
            return Ok(Came::NotStarted);
        }
        self.records.put(Record::Intent { person: id.clone(), found }).await?;
        let outcome = {
            let _place = self.calls.acquire().await;
            // A server that is away would hold each of those who wait here for minutes.
            if self.is_stopping() {
                self.records.put(Record::Withdrawn { person: id.clone() }).await?;
                return Ok(Came::NotStarted);
            }
            let acted = self.directory.act(self.act, id).await;
            let outcome = after_act(acted.map(|acted| acted.how.into()));
            // Before the next one takes this place.
            self.stop_if(is_no_to_all(&outcome));
            outcome
        };
        self.settle(person, outcome).await
    }

    /// None where the run was stopped before the look.
    async fn look(&self, id: &str) -> Option<Looked> {
        if self.sight.is_blind() {
            return Some(Looked::Hidden);
        }
        let looked = {
            let _place = self.calls.acquire().await;
            if self.is_stopping() {
                return None;
            }
            let looked = looked(self.directory.look(id).await);
            self.stop_if(matches!(looked, Looked::NotAllowed(_)));
            looked
        };
        match &looked {
            Looked::Found(_) => self.sight.sees(),
            Looked::Hidden if self.sight.is_refused() => (self.events)(Event::Blind),
            _ => {}
        }
        Some(looked)
    }

    async fn settle<'p>(
        &self,
        person: &'p Person,
        outcome: Outcome,
    ) -> Result<Came<'p>, NotWritten> {
        let record = Record::Outcome { person: person.id.clone(), outcome: outcome.clone() };
        self.records.put(record).await?;
        Ok(Came::Settled(person, outcome))
    }
}
