//! Plays a plan on a store and on the model at once, and compares every answer. What cannot be
//! compared step by step (the audit log, everybody as stored) is compared at the end.

use rollcall_directory::audit::{Head, HeadOf, VerifyAudit};
use rollcall_directory::world::{AccountId, ApplicationId, SecretId};

use super::chance::Chance;
use super::ground::{Ground, START};
use super::kinds::Kinds;
use super::model::Model;
use super::plan::{Plan, Step};
use crate::database::Store as Kind;

mod applications;
mod everybody;
mod people;
mod told;

/// Every step with its answer, and where each account's audit log ended.
pub type Transcript = Vec<String>;

/// Where a store and the model differed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// How many steps of the plan were played.
    pub played: usize,
    pub what: String,
}

pub(crate) struct Player {
    ground: Ground,
    model: Model,
    chance: Chance,
    accounts: [AccountId; 2],
    /// All that were ever registered.
    applications: Vec<Registered>,
    /// The text of each token, by the model's number.
    tokens: Vec<String>,
    kept_heads: Vec<(AccountId, Head)>,
    newcomers: u32,
}

struct Registered {
    account: AccountId,
    id: ApplicationId,
    /// All that it ever had.
    secrets: Vec<SecretId>,
}

/// What the model says and what the store answered.
struct Both {
    expected: String,
    answered: String,
}

pub async fn play(plan: &Plan, kind: Kind) -> Result<Transcript, Failure> {
    let mut player = Player::begin(plan.seed, kind).await;
    let mut transcript = Vec::new();
    for (index, step) in plan.steps.iter().enumerate() {
        let Both { expected, answered } = player.step(step).await;
        let line = format!("{index} {step:?}\n  {answered}");
        if expected != answered {
            let what = format!("{line}\nbut the model says\n  {expected}");
            return Err(Failure { played: index + 1, what });
        }
        transcript.push(line);
    }
    let failure = |what| Failure { played: plan.steps.len(), what };
    transcript.extend(player.end().await.map_err(failure)?);
    Ok(transcript)
}

impl Player {
    async fn begin(seed: u64, kind: Kind) -> Self {
        let mut chance = Chance::from_seed(!seed);
        let accounts = [(); 2].map(|()| AccountId::from_bytes(chance.bytes()));
        let mut player = Self {
            ground: Ground::fresh(kind, seed).await,
            model: Model::new(START.millis()),
            chance,
            accounts,
            applications: Vec::new(),
            tokens: Vec::new(),
            kept_heads: Vec::new(),
            newcomers: 0,
        };
        player.found().await;
        player
    }

    /// Two accounts with people and an application each, and a token for each application.
    async fn found(&mut self) {
        for account in 0..2 {
            let created = self.create_account(account).await;
            created.must_agree();
            self.found_people(account).await.must_agree();
            self.register(account, 15).await.must_agree();
            self.issue(account, 0).await.must_agree();
        }
    }

    async fn step(&mut self, step: &Step) -> Both {
        match step {
            Step::Issue { application, secret } => self.issue(*application, *secret).await,
            Step::Revoke { token, client, secret } => self.revoke(*token, *client, *secret).await,
            Step::Get { token, named, user } => self.get(*token, *named, *user).await,
            Step::List { token, named, filter, size } => {
                self.list(*token, *named, *filter, *size).await
            }
            Step::Next { walk, token, wrong_filter, size } => {
                self.next(*walk, *token, *wrong_filter, *size).await
            }
            Step::Suspend { token, named, user } => self.suspend(*token, *named, *user).await,
            Step::Reactivate { token, named, user } => self.reactivate(*token, *named, *user).await,
            Step::Burst { account, turns } => self.burst(*account, turns).await,
            Step::Hammer { token, times } => self.hammer(*token, *times).await,
            Step::SetGroups { user, groups } => self.set_groups(*user, *groups).await,
            Step::SetAccount { account, business, automated } => {
                self.set_account(*account, *business, *automated).await
            }
            Step::Import { account, people, flaw } => self.import(*account, *people, *flaw).await,
            Step::Register { account, bits } => self.register(*account, *bits).await,
            Step::Edit { application, bits } => self.edit(*application, *bits).await,
            Step::AddSecret { application } => self.add_secret(*application).await,
            Step::RetireSecret { application, secret } => {
                self.retire_secret(*application, *secret).await
            }
            Step::Delete { application } => self.delete(*application).await,
            Step::Advance { millis } => self.advance(*millis),
            Step::AdvanceToEnd { token, just_before } => {
                let token = self.token(*token);
                let left = self.model.tokens[token].ends - self.model.now;
                self.advance(if *just_before { left - 1 } else { left }.max(0))
            }
            Step::Restart => self.restart().await,
        }
    }

    fn advance(&mut self, millis: i64) -> Both {
        self.model.now += millis;
        self.ground.clock.set(rollcall_directory::world::Moment::from_millis(self.model.now));
        Both::same(format!("it is {}", self.model.now))
    }

    async fn restart(&mut self) -> Both {
        for account in self.accounts {
            let head = self.ground.store.read(&HeadOf { account }).await;
            self.kept_heads.extend(head.unwrap().map(|head| (account, head)));
        }
        self.ground.restart().await;
        self.model.restart();
        Both::same("restarted".to_owned())
    }

    /// The audit log, and everybody as they are stored.
    async fn end(&mut self) -> Result<Transcript, String> {
        let mut transcript = Vec::new();
        for account in self.accounts {
            let head = self.whole_log(account).await?;
            transcript.push(format!("{account} ends at {} {}", head.seq, head.hash));
            let kinds = Kinds { account, database: &self.ground.database };
            let kinds = self.ground.store.read(&kinds).await.unwrap();
            let expected = &self.model.accounts[&account].records;
            if kinds != *expected {
                return Err(format!("the records are {kinds:?}\nthe model has {expected:?}"));
            }
            transcript.push(kinds.join(" "));
            self.everybody(account).await?;
            if self.model.active_owners(account) == 0 {
                return Err("no active owner remains".to_owned());
            }
        }
        let found = self.ground.store.integrity().await.unwrap();
        if found.is_empty() { Ok(transcript) } else { Err(format!("the database: {found:?}")) }
    }

    async fn whole_log(&self, account: AccountId) -> Result<Head, String> {
        let kept = self.kept_heads.iter().filter(|(of, _)| *of == account).map(|(_, head)| *head);
        let mut end = Head::start();
        for extends in kept.map(Some).chain([None]) {
            let question = VerifyAudit { account, extends };
            let verified = self.ground.store.read_long(question).await.unwrap();
            end = verified.expect("the account is there").map_err(|e| e.to_string())?.head;
        }
        Ok(end)
    }
}

impl Both {
    fn same(text: String) -> Self {
        Self { expected: text.clone(), answered: text }
    }

    fn must_agree(&self) {
        assert_eq!(self.expected, self.answered, "while the plan was prepared");
    }
}
