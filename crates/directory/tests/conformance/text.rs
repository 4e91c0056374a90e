//! Text from outside comes back character by character: every script, emoji, control characters,
//! quotes, and as long as it may be.

use rollcall_directory::accounts::CreateAccount;
use rollcall_directory::applications::{AddSecret, EditApplication, RegisterApplication, Terms};
use rollcall_directory::users::{ImportPeople, NewPerson, ReasonText, Suspend};
use rollcall_directory::world::SecretId;

use crate::organisation::*;
use crate::stage::Stage;

on_both!(
    names_and_addresses_come_back_as_they_were,
    the_names_of_accounts_and_applications_come_back,
    a_reason_is_cut_and_chained,
    a_nul_is_refused_alike
);

/// Short enough for every place.
const AWKWARD: [&str; 22] = [
    "Zoë Ångström-O'Neill",
    "Ελένη Παπαδοπούλου",
    "Дарья Ёлкина",
    "نور الهدى",
    "שירה לוי",
    "さくら 田中",
    "王小明",
    "김하늘",
    "ประภา ศรีสุข",
    "प्रिया शर्मा",
    "ወርቅነህ",
    "ᠪᠠᠶᠠᠷ",
    "👩🏽‍🚀🏳️‍🌈",
    "𝔉𝔯𝔞𝔨𝔱𝔲𝔯 𓀀 𠜎",
    "\u{1}\u{2}\t\r\n\u{1b}[31m\u{7f}\u{85}\u{9f}",
    "\u{202e}evil\u{2066}\u{200b}\u{feff}\u{2028}",
    "e\u{301} is not é",
    "\u{10ffff}\u{fffd}\u{e000}",
    "'; drop table users; --",
    "\"double\" `tick` \\back $1 ?1 :x %s {}",
    "{\"kind\":\"user_suspended\"}",
    "<script>&amp;</script>",
];

async fn names_and_addresses_come_back_as_they_were(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let mut names: Vec<String> = AWKWARD.map(ToOwned::to_owned).to_vec();
    names.push("𠜎".repeat(200));
    names.push(String::new());
    let person = |(n, name): (usize, &String)| NewPerson {
        display_name: name.clone(),
        email: format!("{}{n}@example.com", name.chars().take(20).collect::<String>()),
        ..a_person(100 + u8::try_from(n).unwrap())
    };
    let mut people: Vec<NewPerson> = names.iter().enumerate().map(person).collect();
    people.push(NewPerson { email: format!("{}@example.com", "x".repeat(242)), ..a_person(200) });
    assert_eq!(people.last().unwrap().email.len(), NewPerson::EMAIL_LENGTH_MAX_BYTES);
    operator(&store, org.account, ImportPeople { people: people.clone() }).await;
    let token = org.token(&store).await;
    let listed = store.read(&org.list(&store, &token, 1000)).await.unwrap().unwrap().users;
    for person in people {
        let found = stored_user(&store, org.account, person.id).await.unwrap();
        assert_eq!((&found.display_name, &found.email), (&person.display_name, &person.email));
        assert!(
            listed.contains(&found.clone().into()),
            "{:?} is not listed as stored",
            person.display_name
        );
    }
    let upper =
        NewPerson { email: "ДАРЬЯ ЁЛКИНА2@EXAMPLE.COM".to_owned(), ..a_person(201) };
    let why = refused(&store, org.account, ImportPeople { people: vec![upper] }).await;
    assert_eq!(why.as_str(), "exists", "case does not count in any script");
}

async fn the_names_of_accounts_and_applications_come_back(stage: &Stage) {
    let store = stage.open().await;
    for (n, text) in (1_u8..).zip(AWKWARD) {
        let account = account_id(n);
        let name = text.to_owned();
        operator(&store, account, CreateAccount { name: name.clone(), ..create_account(n) }).await;
        assert_eq!(stored_account(&store, account).await.unwrap().name, name);
        let description = "𠜎".repeat(1000);
        let act = RegisterApplication { name: name.clone(), description, ..register(n) };
        let application = act.id;
        operator(&store, account, act).await;
        let label = name.clone();
        let secret_id = SecretId::from_bytes([200; 8]);
        stage.clock.advance(std::time::Duration::from_millis(1));
        let second = AddSecret {
            application,
            secret_id,
            secret: a_secret(200),
            label,
            terms: Terms::default(),
        };
        operator(&store, account, second).await;
        let edit = EditApplication {
            id: application,
            name: None,
            description: Some(name.clone()),
            redirect_url: Some(format!("https://soar.example/{}", "p".repeat(1979))),
            scopes: None,
        };
        let edited = operator(&store, account, edit).await;
        assert_eq!(stored_application(&store, account, application).await, Some(edited.clone()));
        assert_eq!((edited.name, edited.description), (name.clone(), name.clone()));
        assert_eq!(edited.secrets[1].label, name);
        verify(&store, account, None).await.unwrap();
    }
}

async fn a_reason_is_cut_and_chained(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    for text in AWKWARD.into_iter().chain(["\0nul", &"𠜎".repeat(1000)]) {
        let why = Some(ReasonText::cut(text));
        operator(&store, org.account, Suspend { why, ..org.suspend(3) }).await;
        operator(&store, org.account, org.reactivate(3)).await;
    }
    verify(&store, org.account, None).await.unwrap();
    let bodies = stage
        .texts("select body from audit where kind = 'user_suspended' order by seq desc limit 1")
        .await;
    assert_eq!(bodies[0].matches('𠜎').count(), 256);
}

/// PostgreSQL keeps no NUL in text. So it is refused in words on both, and is no fault of ours.
async fn a_nul_is_refused_alike(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let by = || rollcall_directory::acting::Presented::Operator;
    let name = NewPerson { display_name: "nul\0nul".to_owned(), ..a_person(20) };
    let address = NewPerson { email: "nul\0nul@example.com".to_owned(), ..a_person(20) };
    for person in [name, address] {
        let import = ImportPeople { people: vec![person] };
        let answer = store.act(by(), org.account, import).await;
        assert!(matches!(answer, Ok(Err(_))), "{answer:?}");
    }
    let label = "nul\0nul".to_owned();
    let secret_id = SecretId::from_bytes([200; 8]);
    let application = org.application;
    let second =
        AddSecret { application, secret_id, secret: a_secret(200), label, terms: Terms::default() };
    let answer = store.act(by(), org.account, second).await;
    assert!(matches!(answer, Ok(Err(_))), "a label: {answer:?}");
    let register = RegisterApplication { name: "nul\0nul".to_owned(), ..register(2) };
    let answer = store.act(by(), org.account, register).await;
    assert!(matches!(answer, Ok(Err(_))), "{answer:?}");
}
