//! An act in the queue: the act, what its caller presented, and where the answer goes. Only the
//! ticket knows what kind of answer that is; the queue holds boxes.

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::{Act, Caller, Decision, Demand, Facts, Given, Needs, Presented, Refusal, Writes};
use crate::Fault;
use crate::audit::Entry;
use crate::world::{AccountId, ActId};

pub(crate) type Answer<Done> = Result<Result<Done, Refusal>, Fault>;

/// What one decision means for the batch.
pub(crate) enum Effect {
    Change { writes: Box<Writes>, record: Entry },
    Nothing,
    Refuse { why: Refusal },
}

pub(crate) trait Ticket: Send {
    fn account(&self) -> AccountId;
    fn act_id(&self) -> ActId;
    fn name(&self) -> &'static str;
    fn presented(&self) -> &Presented;
    fn demand(&self) -> Demand;
    fn needs(&self, needs: &mut Needs);
    /// Keeps the answer until the batch is committed. May be called again with other facts.
    fn decide(&mut self, by: &Caller, facts: &Facts, given: &Given) -> Effect;
    fn refuse(&mut self, why: Refusal);
    /// The runtime in which its caller waits.
    fn runtime(&self) -> Option<&Handle>;
    fn answer(self: Box<Self>);
    fn fail(self: Box<Self>, fault: Fault);
}

/// Answers all of a batch. A thread that is not the runtime's may have to wake one of the runtime's
/// for each answer, by a call to the kernel and perhaps two changes of threads; so it wakes one, which
/// gives all answers.
pub(super) fn answer(tickets: Vec<Box<dyn Ticket>>) {
    let runtime = tickets.first().and_then(|ticket| ticket.runtime()).cloned();
    match runtime {
        Some(runtime) if tickets.len() > 1 && Handle::try_current().is_err() => {
            let answers = Answers(tickets);
            runtime.spawn(async move { drop(answers) });
        }
        Some(_) | None => drop(Answers(tickets)),
    }
}

/// Given when it is dropped: a runtime that has ended drops what it is given, and somebody may wait
/// in another one.
struct Answers(Vec<Box<dyn Ticket>>);

impl Drop for Answers {
    fn drop(&mut self) {
        self.0.drain(..).for_each(Ticket::answer);
    }
}

struct ActTicket<A: Act> {
    account: AccountId,
    act_id: ActId,
    presented: Presented,
    act: A,
    decided: Option<Result<A::Done, Refusal>>,
    to: oneshot::Sender<Answer<A::Done>>,
    runtime: Option<Handle>,
    _waits: Waits,
}

/// Counted from its queue to its answer, whatever becomes of it.
struct Waits;

impl Waits {
    fn begin() -> Self {
        metrics::gauge!("rollcall_acts_waiting").increment(1.0);
        Self
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        metrics::gauge!("rollcall_acts_waiting").decrement(1.0);
    }
}

pub(crate) fn ticket<A: Act>(
    account: AccountId,
    act_id: ActId,
    presented: Presented,
    act: A,
) -> (Box<dyn Ticket>, oneshot::Receiver<Answer<A::Done>>) {
    let (to, answer) = oneshot::channel();
    let runtime = Handle::try_current().ok();
    let _waits = Waits::begin();
    let ticket = ActTicket { account, act_id, presented, act, decided: None, to, runtime, _waits };
    (Box::new(ticket), answer)
}

impl<A: Act> Ticket for ActTicket<A> {
    fn account(&self) -> AccountId {
        self.account
    }

    fn act_id(&self) -> ActId {
        self.act_id
    }

    fn name(&self) -> &'static str {
        A::NAME
    }

    fn presented(&self) -> &Presented {
        &self.presented
    }

    fn demand(&self) -> Demand {
        self.act.demand()
    }

    fn needs(&self, needs: &mut Needs) {
        needs.credential(&self.presented);
        self.act.needs(needs);
    }

    fn decide(&mut self, by: &Caller, facts: &Facts, given: &Given) -> Effect {
        let (decided, effect) = match self.act.decide(by, facts, given) {
            Decision::Change { done, writes, record } => {
                (Ok(done), Effect::Change { writes, record })
            }
            Decision::Nothing { done } => (Ok(done), Effect::Nothing),
            Decision::Refuse { why } => (Err(why.clone()), Effect::Refuse { why }),
        };
        self.decided = Some(decided);
        effect
    }

    fn refuse(&mut self, why: Refusal) {
        self.decided = Some(Err(why));
    }

    fn runtime(&self) -> Option<&Handle> {
        self.runtime.as_ref()
    }

    // Whoever asked may have hung up: the act stands all the same.
    fn answer(self: Box<Self>) {
        let decided = self.decided.ok_or_else(|| {
            Fault::Statement("a batch was committed before one of its acts decided".to_owned())
        });
        let _ = self.to.send(decided);
    }

    fn fail(self: Box<Self>, fault: Fault) {
        let _ = self.to.send(Err(fault));
    }
}
