//! Foo and Bar in the forms in which they are exchanged.

use std::error::Error;

use serde_json::{json, Value};

pub const NAMESPACE: &str = "dev.plexo.test";

/// How Foo and Bar are named and written.
pub struct Form {
    pub foo_topic: String,
    pub bar_topic: String,
    is_json: bool,
}

impl Form {
    pub fn named(name: &str) -> Result<Form, String> {
        match name {
            // What the original makes of the titles Foo and Bar, where it gives them no alias.
            "json" => Ok(Form::of("foo", "bar", "json")),
            "json-alias" => Ok(Form::of("Foo", "Bar", "json")),
            "string" => Ok(Form::of("Foo", "Bar", "string_UTF-8")),
            _ => Err(format!("the form {name} is not known")),
        }
    }

    fn of(foo: &str, bar: &str, codec: &str) -> Form {
        Form {
            foo_topic: format!("{NAMESPACE}.{foo}.{codec}"),
            bar_topic: format!("{NAMESPACE}.{bar}.{codec}"),
            is_json: codec == "json",
        }
    }

    /// The payload for what stands in a line.
    pub fn encode(&self, value: &Value) -> Vec<u8> {
        match value {
            Value::String(text) if !self.is_json => text.clone().into_bytes(),
            _ => value.to_string().into_bytes(),
        }
    }

    pub fn decode(&self, payload: &[u8]) -> Result<Value, Box<dyn Error>> {
        if self.is_json {
            return Ok(serde_json::from_slice(payload)?);
        }
        Ok(Value::from(std::str::from_utf8(payload)?))
    }

    /// The Bar for a Foo, from the node with this id.
    pub fn answer(&self, foo: &Value, node_id: &str) -> Value {
        match foo {
            Value::String(text) => Value::from(format!("{node_id} {text}")),
            _ => json!({ "foo_message_id": foo["message_id"], "node_id": node_id }),
        }
    }
}
