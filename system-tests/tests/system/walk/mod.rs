//! The getting-started walk, by `curl` and byte by byte, and everything beside its path: what is
//! refused and how, odd requests, settings that change an answer, the token endpoint's errors.

mod curl;
mod limits;
mod oauth;
mod odd_requests;
mod people;
mod settings;
mod whole;
