//! Acts, whose outcome is known even when no answer came: the person is read back, and the act sent
//! again only when it is known not to hold.

use rollcall_wire::route::{Effect, Route};
use rollcall_wire::secret_text::SecretText;
use tracing::{Instrument, debug, debug_span};

use crate::again::Next;
use crate::asking::Ask;
use crate::client::Client;
use crate::error::{Error, Refusal};
use crate::exchange::Answer;
use crate::users::{Act, Acted, How, User};
use crate::work::Work;

/// An answer to a question about somebody that tells of somebody else.
const OF_ANOTHER: &str = "about another person than the one asked for";

impl Client {
    /// Suspends or reactivates a person, by ID, and says how it is known that the act holds.
    ///
    /// 429 and 401 were not done: the act is sent again, with a new token after 401. When no answer came, or
    /// 5xx, or one that is not the API's, or one about somebody else, it may have been done. Then the person is
    /// read. If it is so, that is the answer; if not, the act is sent again, as often as [`Retries`] say. If the
    /// person cannot be read, the error is [`Error::OutcomeUnknown`]; the look may take one
    /// [`timeout`](crate::Builder::timeout) longer than the deadline.
    ///
    /// An error says whether the act may hold all the same: [`Error::may_have_been_done`].
    ///
    /// [`Retries`]: crate::Retries
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = rollcall_sdk::Client::from_environment(rollcall_sdk::Product::new("Example", "1.0")?)?;
    /// use rollcall_sdk::{Act, Error, How, Match};
    ///
    /// # let found = client.find(["gudrun.jonsdottir@rollcall.example"]).await?;
    /// # let Match::One(person) = found.get("gudrun.jonsdottir@rollcall.example") else { panic!() };
    /// match client.act(Act::Suspend, &person.id).await {
    ///     Ok(acted) if acted.how == How::Answered => println!("done"),
    ///     Ok(_) => println!("done: the answer was lost, but they are suspended"),
    ///     Err(Error::OutcomeUnknown { why, .. }) => println!("look at them by hand: {why}"),
    ///     Err(error) => println!("not done: {error}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn act(&self, act: Act, user: &str) -> Result<Acted, Error> {
        self.act_until_known(act, user).instrument(debug_span!("act", act = act.as_str())).await
    }

    async fn act_until_known(&self, act: Act, user: &str) -> Result<Acted, Error> {
        let route = match act {
            Act::Suspend => Route::SuspendUser,
            Act::Reactivate => Route::ReactivateUser,
        };
        let ask = Ask::about(route, user)?;
        let check = |said: &User| match said {
            said if said.id != user => Some(OF_ANOTHER),
            said if said.state != act.leads_to() => {
                Some("with a state that the act does not lead to")
            }
            _ => None,
        };
        let open = |answer: Answer, sent: &[&SecretText]| answer.read_checked(sent, check);
        let mut work = self.work();
        loop {
            let error = match self.once(ask, &mut work, open).await? {
                Ok(user) => return Ok(Acted { user, how: How::Answered }),
                Err(error) => error,
            };
            let next = match work.next(&error, Effect::Act, true) {
                Next::ReadBack(wait) => {
                    tokio::time::sleep(wait).await;
                    match self.read_back(act, user, &work).await? {
                        Some(user) => return Ok(Acted { user, how: How::ReadBack }),
                        None => work.next_try(),
                    }
                }
                // The server asks to come back after the deadline.
                Next::GiveUp if error.may_have_been_done() => {
                    return Err(unknown(act, user, error));
                }
                next => next,
            };
            match next {
                Next::Renew => work.renew(error),
                Next::Wait(wait) => work.pause(wait, error).await,
                end => return Err(work.ended(end, error)),
            }
        }
    }

    /// The person, if the act holds.
    async fn read_back(&self, act: Act, user: &str, of: &Work) -> Result<Option<User>, Error> {
        debug!("no answer that says anything: reading back");
        // Whether it was done is worth one more request after the deadline.
        let by = &self.inner.by;
        let look = Work::begin_look(by.retries, of, by.timeout);
        match self.get_within(user, look).await {
            Ok(found) if found.state == act.leads_to() => Ok(Some(found)),
            Ok(_) => Ok(None),
            // Nobody is there to whom it could have been done.
            Err(why @ Error::Refused(Refusal { status: 404, .. })) => Err(why),
            Err(why) => Err(unknown(act, user, why)),
        }
    }

    pub(crate) async fn get_within(&self, user: &str, work: Work) -> Result<User, Error> {
        let ask = Ask::about(Route::GetUser, user)?;
        let check = |said: &User| (said.id != user).then_some(OF_ANOTHER);
        self.read(ask, work, check).instrument(debug_span!("get")).await
    }
}

fn unknown(act: Act, user: &str, why: Error) -> Error {
    Error::OutcomeUnknown { act, user: user.to_owned(), why: Box::new(why) }
}
