//! How errors are told apart, and what they say.

use serde_json::json;

use super::*;

fn refused(status: u16) -> Error {
    Error::Refused(Refusal { status, message: "word".to_owned(), ..Refusal::default() })
}

fn strange(status: u16) -> Error {
    Error::Strange(StrangeAnswer { status, ..StrangeAnswer::default() })
}

fn no_answer(sent: bool) -> Error {
    Error::NoAnswer(NoAnswer { sent, ..NoAnswer::default() })
}

#[test]
fn what_was_refused_or_never_sent_was_not_done() {
    for error in [refused(403), refused(404), refused(429), strange(403), no_answer(false)] {
        assert!(!error.may_have_been_done(), "{error:?}");
    }
    for error in [refused(500), refused(503), strange(200), strange(502), no_answer(true)] {
        assert!(error.may_have_been_done(), "{error:?}");
        let late = Error::Deadline { after: Duration::ZERO, last: Some(Box::new(error)) };
        assert!(late.may_have_been_done());
    }
    assert!(!Error::Deadline { after: Duration::ZERO, last: None }.may_have_been_done());
}

#[test]
fn a_class_says_how_to_go_on() {
    let of_the_caller =
        Error::Refused(Refusal { status: 403, to_caller: true, ..Refusal::default() });
    assert_eq!(of_the_caller.class(), Class::Credentials);
    assert_eq!(refused(403).class(), Class::Refused);
    assert_eq!(refused(429).class(), Class::Network);
    assert_eq!(refused(500).class(), Class::Network);
    assert_eq!(strange(404).class(), Class::Network);
    for (status, class) in
        [(400, Class::Credentials), (401, Class::Credentials), (429, Class::Network)]
    {
        assert_eq!(Error::Oauth(OauthRefusal { status, ..OauthRefusal::default() }).class(), class);
    }
    assert_eq!(Error::from(SetupError::Product).class(), Class::WrongUse);
}

#[test]
fn an_explanation_is_read_from_error_info_alone() {
    let mut refusal = Refusal {
        status: 403,
        code: 7,
        message: "no_owner_remain".to_owned(),
        details: vec![json!({"@type": "other", "metadata": {"explanation": "no"}})],
        ..Refusal::default()
    };
    assert_eq!(refusal.explanation(), None);
    assert_eq!(refusal.to_string(), "403 no_owner_remain (code 7)");
    refusal.details.push(json!({
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "metadata": {"explanation": "The last owner stays."},
    }));
    assert_eq!(refusal.to_string(), "403 no_owner_remain (code 7): The last owner stays.");
}

#[test]
fn what_an_error_holds_is_reached_through_those_around_it() {
    let inner = Error::Refused(Refusal {
        status: 503,
        request_id: Some("r1".to_owned()),
        retry_after: Some(Duration::from_secs(300)),
        ..Refusal::default()
    });
    let last = Some(Box::new(inner));
    let late = Error::Deadline { after: Duration::from_secs(120), last };
    let unknown =
        Error::OutcomeUnknown { act: Act::Suspend, user: "U1".to_owned(), why: Box::new(late) };
    assert_eq!(unknown.request_id(), Some("r1"));
    assert_eq!(unknown.retry_after(), Some(Duration::from_secs(300)));
    assert_eq!(unknown.status(), Some(503));
    assert!(unknown.to_string().contains("come back in 300 s"), "{unknown}");
}
