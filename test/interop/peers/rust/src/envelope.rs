//! PlexoMessage, by the crate `capnp`.
//!
//! `plexo_message_capnp.rs` is made of the schema by `capnp compile -orust:. src/plexo_message.capnp`
//! with the plugin of the crate `capnpc`. It is kept, so that a build needs neither.

use std::error::Error;

use capnp::message::{AllocationStrategy, Builder, HeapAllocator, ReaderOptions};
use capnp::serialize;

use crate::plexo_message_capnp::plexo_message;

pub struct Message {
    pub topic: String,
    pub payload: Vec<u8>,
}

/// Into how many segments a message is written; a reader has to take either.
pub enum Segments {
    One,
    /// One for nearly each part, with far pointers from one to the next.
    Several,
}

pub fn write(message: &Message, segments: Segments) -> Vec<u8> {
    let words = match segments {
        Segments::One => word_count(message),
        Segments::Several => 1,
    };
    let allocator = HeapAllocator::new()
        .first_segment_words(words)
        .allocation_strategy(AllocationStrategy::FixedSize);
    let mut builder = Builder::new(allocator);
    let mut root = builder.init_root::<plexo_message::Builder>();
    root.set_type_name(&message.topic[..]);
    root.set_payload(&message.payload);
    serialize::write_message_to_words(&builder)
}

pub fn read(bytes: &[u8]) -> Result<Message, Box<dyn Error>> {
    let mut rest = bytes;
    let reader = serialize::read_message(&mut rest, ReaderOptions::new())?;
    if !rest.is_empty() {
        return Err(format!("{} bytes follow the message", rest.len()).into());
    }
    let root = reader.get_root::<plexo_message::Reader>()?;
    Ok(Message {
        topic: root.get_type_name()?.to_string()?,
        payload: root.get_payload()?.to_vec(),
    })
}

/// The pointer to the struct, its two pointers, the text with its NUL, and the data.
fn word_count(message: &Message) -> u32 {
    let text = (message.topic.len() + 1).div_ceil(8);
    let data = message.payload.len().div_ceil(8);
    (3 + text + data) as u32
}
