//! The sockets of libzmq that a URL stands for, and what a message is on them.

use std::collections::HashMap;
use std::error::Error;

use zmq::{Context, Socket};

use crate::envelope::{self, Message, Segments};

pub enum Link {
    /// One frame for each message, a PlexoMessage.
    Pair(Socket),
    /// Two frames for each message: topic and payload.
    PubSub {
        publisher: Socket,
        subscriber: Socket,
    },
}

impl Link {
    /// Opens `pair://HOST:PORT`, `pair://HOST:PORT?bind`, or `pubsub://HOST:PORT?peers=HOST:PORT,…`,
    /// which publishes at the first address and subscribes at the others: to `topic`, or to what
    /// begins as `&subscribe=PREFIX` says.
    pub fn open(url: &str, topic: &str) -> Result<Link, Box<dyn Error>> {
        let (scheme, rest) = url.split_once("://").ok_or("a URL has a scheme")?;
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        let parameters: HashMap<&str, &str> = query
            .split('&')
            .map(|each| each.split_once('=').unwrap_or((each, "")))
            .collect();
        let endpoint = format!("tcp://{address}");
        let context = Context::new();
        match scheme {
            "pair" => {
                let socket = new_socket(&context, zmq::PAIR)?;
                match parameters.contains_key("bind") {
                    true => socket.bind(&endpoint)?,
                    false => socket.connect(&endpoint)?,
                }
                Ok(Link::Pair(socket))
            }
            "pubsub" => {
                let publisher = new_socket(&context, zmq::PUB)?;
                publisher.bind(&endpoint)?;
                let subscriber = new_socket(&context, zmq::SUB)?;
                let prefix = parameters.get("subscribe").copied().unwrap_or(topic);
                subscriber.set_subscribe(prefix.as_bytes())?;
                for peer in parameters["peers"].split(',') {
                    subscriber.connect(&format!("tcp://{peer}"))?;
                }
                Ok(Link::PubSub {
                    publisher,
                    subscriber,
                })
            }
            _ => Err(format!("the scheme {scheme} is not known").into()),
        }
    }

    /// What can be read from when something has come.
    pub fn receiver(&self) -> &Socket {
        match self {
            Link::Pair(socket) => socket,
            Link::PubSub { subscriber, .. } => subscriber,
        }
    }

    /// Takes what has come, without waiting.
    pub fn receive(&self) -> Result<Message, Box<dyn Error>> {
        let frames = self.receiver().recv_multipart(zmq::DONTWAIT)?;
        match (self, &frames[..]) {
            (Link::Pair(_), [body]) => envelope::read(body),
            (Link::PubSub { .. }, [topic, payload]) => Ok(Message {
                topic: String::from_utf8(topic.clone())?,
                payload: payload.clone(),
            }),
            _ => Err(format!("a message of {} frames", frames.len()).into()),
        }
    }

    /// Waits where a pair has no peer yet.
    pub fn send(&self, message: Message, segments: Segments) -> zmq::Result<()> {
        match self {
            Link::Pair(_) => self.send_frames(vec![envelope::write(&message, segments)]),
            Link::PubSub { .. } => {
                self.send_frames(vec![message.topic.into_bytes(), message.payload])
            }
        }
    }

    /// Sends these frames as they are.
    pub fn send_frames(&self, frames: Vec<Vec<u8>>) -> zmq::Result<()> {
        match self {
            Link::Pair(socket) => socket.send_multipart(frames, 0),
            Link::PubSub { publisher, .. } => publisher.send_multipart(frames, 0),
        }
    }
}

/// A socket that does not keep the program from ending.
fn new_socket(context: &Context, kind: zmq::SocketType) -> zmq::Result<Socket> {
    let socket = context.socket(kind)?;
    socket.set_linger(0)?;
    Ok(socket)
}
