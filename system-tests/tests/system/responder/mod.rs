//! The SDK and the commands for people who must act now: the same stories against our server, a
//! strict stand-in for the hosted service, and one that misbehaves.

mod bad_days;
mod command_line;
mod completions;
mod contain;
mod desk;
mod hopeless;
mod keyring;
mod killed;
mod login;
mod sdk;
mod servers;
mod stand_in;
mod transcript;
mod users;
mod whoami;

/// The same stories on each server, a module of tests for each.
macro_rules! on_every_server {
    ($($story:ident),+ $(,)?) => {
        on_every_server!(@on ours_v1beta1 OURS_V1BETA1 $($story),+);
        on_every_server!(@on ours_v1 OURS_V1 $($story),+);
        on_every_server!(@on ours_on_postgres OURS_ON_POSTGRES $($story),+);
        on_every_server!(@on strict STRICT $($story),+);
        on_every_server!(@on strict_gateway STRICT_GATEWAY $($story),+);
        on_every_server!(@on strict_without_get STRICT_WITHOUT_GET $($story),+);
        on_every_server!(@on rate_limited RATE_LIMITED $($story),+);
        on_every_server!(@on failing FAILING $($story),+);
        on_every_server!(@on failing_after_acts FAILING_AFTER_ACTS $($story),+);
        on_every_server!(@on bad_gateway BAD_GATEWAY $($story),+);
        on_every_server!(@on cut_before CUT_BEFORE $($story),+);
        on_every_server!(@on cut_after_acts CUT_AFTER_ACTS $($story),+);
        on_every_server!(@on half_answers HALF_ANSWERS $($story),+);
        on_every_server!(@on short_tokens SHORT_TOKENS $($story),+);
        on_every_server!(@on slow SLOW $($story),+);
        on_every_server!(@on html_under_200 HTML_UNDER_200 $($story),+);
        on_every_server!(@on truncated_json TRUNCATED_JSON $($story),+);
        on_every_server!(@on other_shape OTHER_SHAPE $($story),+);
        on_every_server!(@on somebody_else SOMEBODY_ELSE $($story),+);
    };
    (@on $name:ident $which:ident $($story:ident),+) => {
        mod $name {
            $(#[tokio::test]
            async fn $story() {
                super::$story(crate::responder::servers::Which::$which).await;
            })+
        }
    };
}
use on_every_server;
