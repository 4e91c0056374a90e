//! `contain apply`, killed by `kill -9`: before each write and each sync of its journal, before each
//! change to its folder, and when a call arrives at the server, is done there, and is answered. Then
//! the same command again. Whatever the moment: every planned person is as planned, nobody else was
//! touched, nobody was sent an act once more, and journal and audit log agree one to one.

mod each_step;
mod evidence;
mod ground;
mod moments;
mod rounds;
