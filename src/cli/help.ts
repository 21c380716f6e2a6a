/** What `plexo help` says beyond the list of options. */
import { lineBytesMax } from "./lines.ts";

const viaHelp = `
Transports (--via, or PLEXO_VIA: URLs separated by spaces or commas):
  multicast://239.255.0.0/16:5560
                               zero configuration: finds all others on the
                               network; the default. ?interface=NAME or ADDRESS
                               (127.0.0.1: this machine only), ?key=FILE with a
                               group key in hex digits, mode 600
  pair://HOST:PORT             a TCP pair that connects to its other end
  pair://HOST:PORT?bind        one that listens (port 5580 if none is given)
  pair+ipc:///PATH.sock        a pair on this machine that connects at a path
  pair+ipc:///PATH.sock?bind   one that listens; only its user may connect
  pubsub://HOST:PORT           publishes there (port 5570 if none is given)
  pubsub://HOST:0?peers=HOST:PORT,HOST:PORT
                               listens to those who publish there, and publishes
                               at a port that the system chooses
  pubsub+ipc:///PATH.sock?peers=/PATH.sock,/PATH.sock
                               publishes and listens on this machine, at paths`;

const durationHelp = `
Durations are 500ms, 10s, 2m, 1.5h; a number without a unit is seconds.`;

export const programHelp: string = `
A topic is namespace.Type.codec, as in dev.brewery.Temperature.json.
${viaHelp}

Exit codes:
  0  done
  1  failed: a transport, no receiver in time, a bad line, messages lost
  2  called wrongly
  128 and its number after a signal: 130 after Ctrl-C

PLEXO_DEBUG=1 adds where an error comes from.

Examples:
  plexo echo dev.brewery.Temperature.json
  echo '{"celsius":11.4}' | plexo send dev.brewery.Temperature.json
  plexo echo dev.brewery.Temperature.json --via 'pair://127.0.0.1:5580?bind'
  echo '{"celsius":11.4}' | plexo send dev.brewery.Temperature.json --via pair://127.0.0.1:5580`;

export const echoHelp: string = `
Each message is one line, a JSON object of these members in this order:
  time    of arrival, ISO 8601 in UTC with milliseconds
  topic   the message's
  id      its origin (16 hex digits) and number there: 9f86d081884c7d65-12;
          the same on every way it takes, absent where the sender gives none
  value   codec json: the value, with all digits of its numbers;
          codec string_UTF-8: the text
  error   why a payload is not what its codec says; hex follows
  hex     the payload of other codecs (bytes, capnp, pickle, msgpack, cbor,
          protobuf, avro, structured-clone), and of those that are not known
          unless they are printable as JSON (the name has json in it) or text

It ends with 0 after --count messages, after --for, on Ctrl-C and when nobody
reads its output any more. With --count it ends with 1 when the time is over
before, and with 130 on Ctrl-C. A reader of its output that is slow slows down
who sends over a pair; a publisher drops what a subscriber is too slow for.
With several --via it listens on all and forwards nothing between them.
${viaHelp}
${durationHelp}

Examples:
  plexo echo 'dev.brewery.>' --via pair://127.0.0.1:5580 | jq .value
  plexo echo dev.brewery.Temperature.json --count 1 --for 5s || echo "no news"
  plexo echo 'dev.>' --via 'pubsub://127.0.0.1:0?peers=127.0.0.1:5570,127.0.0.1:5571'`;

export const sendHelp: string = `
What a line is depends on the topic's codec, its last part:
  json           a JSON text, sent as it stands; blank lines are skipped
  string_UTF-8   the text of the line; an empty line is an empty text
  bytes          hex digits, two a byte; an empty line is no bytes
Lines end in LF or CRLF, are UTF-8, and have at most ${lineBytesMax / 1024 / 1024} MiB. At a line that is
not such send stops with 1 and names it; the lines before it are sent.

The first message waits for a receiver, as --wait says; over pub/sub for one who
has asked for the topic. Later a receiver may be slow or away as long, 10s at
least: for a place in the queue, and at the end for what is under way. If
messages were lost send says how many and ends with 1.
With --wait 0 it does not wait for one to come; if none was there up to the end
send says so and ends with 1.
Ctrl-C ends the reading, and then send with 130; a second one ends it at once.
With several --via each message is sent on all of them, and what else comes on
the topic meanwhile is passed on between them.
${viaHelp}
${durationHelp}

Examples:
  seq 3 | sed 's/.*/{"n":&}/' | plexo send dev.plexo.test.N.json --via pair://127.0.0.1:5580
  tail -f app.log | plexo send dev.app.Log.string_UTF-8 --via pubsub://127.0.0.1:5570 --wait 1m`;
