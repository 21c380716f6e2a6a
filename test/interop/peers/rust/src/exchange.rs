//! What the sender and the responder share: the link, the commands, the lines.

use std::error::Error;
use std::io::{self, BufRead, StdinLock};
use std::mem;

use serde_json::{json, Value};

use crate::envelope::{Message, Segments};
use crate::form::{Form, NAMESPACE};
use crate::link::Link;
use crate::Outcome;

pub struct Exchange {
    link: Link,
    form: Form,
    node_id: String,
    /// The topic of what is expected here; nobody reacts to others.
    awaited: String,
}

impl Exchange {
    pub fn sender(url: &str, form: &str, node_id: &str) -> Result<Exchange, Box<dyn Error>> {
        let form = Form::named(form)?;
        let awaited = form.bar_topic.clone();
        Exchange::open(url, form, node_id, awaited)
    }

    pub fn responder(url: &str, form: &str, node_id: &str) -> Result<Exchange, Box<dyn Error>> {
        let form = Form::named(form)?;
        let awaited = form.foo_topic.clone();
        Exchange::open(url, form, node_id, awaited)
    }

    fn open(
        url: &str,
        form: Form,
        node_id: &str,
        awaited: String,
    ) -> Result<Exchange, Box<dyn Error>> {
        Ok(Exchange {
            link: Link::open(url, &awaited)?,
            form,
            node_id: node_id.to_string(),
            awaited,
        })
    }

    /// Hands over what comes and what it is told, until the end of standard input.
    pub fn serve(
        &self,
        arrived: impl Fn(Value) -> Outcome,
        told: impl Fn(Value) -> Outcome,
    ) -> Outcome {
        let mut input = Lines::of(io::stdin().lock());
        say(json!({ "event": "listening" }));
        loop {
            let receiver = self.link.receiver();
            let mut ready = [
                receiver.as_poll_item(zmq::POLLIN),
                zmq::PollItem::from_fd(0, zmq::POLLIN),
            ];
            zmq::poll(&mut ready, -1)?;
            let [is_message, is_input] = ready.map(|each| !each.get_revents().is_empty());
            if is_message {
                self.receive(&arrived)?;
            }
            if is_input {
                let Some(lines) = input.next_lines()? else {
                    return Ok(());
                };
                for line in lines {
                    told(serde_json::from_str(&line)?)?;
                }
            }
        }
    }

    fn receive(&self, arrived: impl Fn(Value) -> Outcome) -> Outcome {
        let message = self.link.receive()?;
        if message.topic == self.awaited {
            return arrived(self.form.decode(&message.payload)?);
        }
        say(json!({
            "event": "incident",
            "kind": "dropped",
            "reason": "unclaimed",
            "topic": message.topic,
            "message": "nobody here reacts to it",
        }));
        Ok(())
    }

    /// Does what a sender is told.
    pub fn send(&self, command: Value) -> Outcome {
        if let Some(foo) = command.get("foo") {
            let segments = match command.get("segments") {
                Some(_) => Segments::Several,
                None => Segments::One,
            };
            self.send_foo(self.form.encode(foo), segments)
        } else if let Some(payload) = command["payload"].as_str() {
            self.send_foo(bytes_of(payload)?, Segments::One)
        } else if let Some(name) = command["stranger"].as_str() {
            let topic = format!("{NAMESPACE}.{name}.string_UTF-8");
            let payload = name.as_bytes().to_vec();
            Ok(self.link.send(Message { topic, payload }, Segments::One)?)
        } else if let Some(frames) = command["frames"].as_array() {
            let frames = frames
                .iter()
                .map(|frame| bytes_of(frame.as_str().unwrap_or_default()))
                .collect::<Result<_, _>>()?;
            Ok(self.link.send_frames(frames)?)
        } else {
            Err(format!("it was told {command}").into())
        }
    }

    /// Answers a Foo.
    pub fn answer(&self, foo: &Value) -> Outcome {
        let bar = self.form.answer(foo, &self.node_id);
        let payload = self.form.encode(&bar);
        let topic = self.form.bar_topic.clone();
        Ok(self.link.send(Message { topic, payload }, Segments::One)?)
    }

    fn send_foo(&self, payload: Vec<u8>, segments: Segments) -> Outcome {
        let topic = self.form.foo_topic.clone();
        Ok(self.link.send(Message { topic, payload }, segments)?)
    }
}

/// Prints one line for the harness.
pub fn say(line: Value) {
    println!("{line}");
}

fn bytes_of(hex: &str) -> Result<Vec<u8>, std::num::ParseIntError> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16))
        .collect()
}

/// Standard input in lines, none of which stays in a buffer where `poll` does not see it.
struct Lines {
    input: StdinLock<'static>,
    rest: Vec<u8>,
}

impl Lines {
    fn of(input: StdinLock<'static>) -> Lines {
        let rest = Vec::new();
        Lines { input, rest }
    }

    /// The lines that are complete, of what there is to read; `None` at the end of input.
    fn next_lines(&mut self) -> Result<Option<Vec<String>>, Box<dyn Error>> {
        let piece = self.input.fill_buf()?.to_vec();
        if piece.is_empty() {
            return Ok(None);
        }
        self.input.consume(piece.len());
        self.rest.extend(piece);
        let complete = self.rest.iter().rposition(|&byte| byte == b'\n');
        let after = complete.map_or(0, |at| at + 1);
        let tail = self.rest.split_off(after);
        let text = String::from_utf8(mem::replace(&mut self.rest, tail))?;
        Ok(Some(text.lines().map(String::from).collect()))
    }
}
