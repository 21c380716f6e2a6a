//! A peer made of libzmq (crate `zmq`) and Cap'n Proto (crate `capnp`), as a program written in Rust
//! would be that meets plexo.
//!
//! Arguments: ACT (sender or responder), URL, FORM (json, json-alias or string), NODE_ID; or
//! `version`. The URLs and the lines are those of all the peers' programs, see docs/interop.md.

mod envelope;
mod exchange;
mod form;
mod link;
#[allow(clippy::all, dead_code)]
#[rustfmt::skip]
mod plexo_message_capnp;

use std::env;
use std::error::Error;

use exchange::{say, Exchange};
use serde_json::{json, Value};

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let texts: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match texts[..] {
        ["version"] => {
            let (major, minor, patch) = zmq::version();
            println!("libzmq {major}.{minor}.{patch}");
            Ok(())
        }
        ["sender", url, form, node_id] => send(Exchange::sender(url, form, node_id)?),
        ["responder", url, form, node_id] => respond(Exchange::responder(url, form, node_id)?),
        _ => Err("wanted: ACT URL FORM NODE_ID".into()),
    }
}

/// Sends what it is told, and shows the Bars that come back.
fn send(exchange: Exchange) -> Outcome {
    exchange.serve(
        |bar| {
            say(json!({ "event": "arrived", "value": bar }));
            Ok(())
        },
        |command| exchange.send(command),
    )
}

/// Answers every Foo with a Bar.
fn respond(exchange: Exchange) -> Outcome {
    exchange.serve(
        |foo| {
            say(json!({ "event": "arrived", "value": &foo }));
            exchange.answer(&foo)
        },
        |command: Value| Err(format!("a responder is told nothing, but was: {command}").into()),
    )
}
