//! Questions of one kind that come while one of them is under way on their connection wait for its
//! end, and are then asked together, in one statement: one snapshot, taken after the last of them
//! came. So the more there is to do, the less each costs. Nobody waits for company.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::{AskPostgres, Connection};
use crate::Fault;

/// Questions that share a statement, and rows that it may bring, but for a single large page.
const TOGETHER_MAX: usize = 64;
const TOGETHER_MAX_ROWS: usize = 2_000;

pub(crate) trait AskTogether: AskPostgres<Reply: Send> + Clone + Send + 'static {
    /// What those that share a statement have in common; their account, first of all.
    type Common: PartialEq;

    fn common(&self) -> Self::Common;
    /// How many rows it may bring.
    fn rows(&self) -> usize;
    /// An answer to each, in their order. A row that cannot be read is the fault of its own question;
    /// what keeps the statement from being answered is everybody's.
    fn ask_all(
        asked: &[Self],
        db: &Connection,
    ) -> impl Future<Output = Result<Vec<Answer<Self>>, Fault>> + Send;
    /// Where they wait.
    fn waiting(db: &Connection) -> &Waiting<Self>;
}

pub(crate) type Answer<Q> = Result<<Q as AskPostgres>::Reply, Fault>;
type To<Q> = oneshot::Sender<Answer<Q>>;

/// Those of one kind on one connection.
pub(crate) struct Waiting<Q: AskTogether>(Mutex<Queue<Q>>);

struct Queue<Q: AskTogether> {
    is_one_under_way: bool,
    waiting: VecDeque<(Q, To<Q>)>,
}

impl<Q: AskTogether> Default for Waiting<Q> {
    fn default() -> Self {
        Self(Mutex::new(Queue { is_one_under_way: false, waiting: VecDeque::new() }))
    }
}

impl<Q: AskTogether> Waiting<Q> {
    fn queue(&self) -> MutexGuard<'_, Queue<Q>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `None`: nothing is under way, and from here on this one is.
    fn join(&self, question: &Q) -> Option<oneshot::Receiver<Answer<Q>>> {
        let mut queue = self.queue();
        if !queue.is_one_under_way {
            queue.is_one_under_way = true;
            return None;
        }
        let (to, answer) = oneshot::channel();
        queue.waiting.push_back((question.clone(), to));
        Some(answer)
    }

    /// Those who are next; nobody: nothing is under way any more.
    fn next(&self) -> Vec<(Q, To<Q>)> {
        let mut queue = self.queue();
        // Whose caller has gone needs no answer.
        queue.waiting.retain(|(_, to)| !to.is_closed());
        let mut rows = 0;
        let first = queue.waiting.front().map(|(first, _)| first.common());
        let fits = |(question, _): &&(Q, To<Q>)| {
            let is_first = rows == 0;
            rows += question.rows().max(1);
            is_first || (rows <= TOGETHER_MAX_ROWS && Some(question.common()) == first)
        };
        let next = queue.waiting.iter().take(TOGETHER_MAX).take_while(fits).count();
        queue.is_one_under_way = next > 0;
        queue.waiting.drain(..next).collect()
    }
}

/// Asks alone and at once, or with those who wait already.
pub(crate) async fn ask<Q: AskTogether>(
    question: &Q,
    db: &Arc<Connection>,
) -> Result<Q::Reply, Fault> {
    match Q::waiting(db).join(question) {
        None => {
            let _then = ThenTheNext::<Q>(Arc::clone(db), std::marker::PhantomData);
            question.ask(db).await
        }
        Some(answer) => answer.await.unwrap_or_else(|_broke_off| {
            Err(Fault::Unavailable("the statement that this was asked in broke off".to_owned()))
        }),
    }
}

/// However a statement ended, its caller gone or its task in panic: the next ones are asked.
struct ThenTheNext<Q: AskTogether>(Arc<Connection>, std::marker::PhantomData<Q>);

impl<Q: AskTogether> Drop for ThenTheNext<Q> {
    fn drop(&mut self) {
        let next = Q::waiting(&self.0).next();
        if next.is_empty() {
            return;
        }
        // Without a runtime nobody waits any more.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(answer_all(Arc::clone(&self.0), next));
        }
    }
}

async fn answer_all<Q: AskTogether>(db: Arc<Connection>, asked: Vec<(Q, To<Q>)>) {
    let then = ThenTheNext::<Q>(Arc::clone(&db), std::marker::PhantomData);
    let (questions, to): (Vec<Q>, Vec<To<Q>>) = asked.into_iter().unzip();
    let answers = match questions.as_slice() {
        [question] => Ok(vec![question.ask(&db).await]),
        questions => Q::ask_all(questions, &db).await,
    };
    // Under way before these are answered, who may ask on at once.
    drop(then);
    match answers {
        Ok(answers) => to.into_iter().zip(answers).for_each(|(to, answer)| drop(to.send(answer))),
        Err(fault) => to.into_iter().for_each(|to| drop(to.send(Err(fault.clone())))),
    }
}
