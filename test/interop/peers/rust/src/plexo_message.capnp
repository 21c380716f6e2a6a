@0xeed5242d4faed181;

# One message of a TCP pair: the topic, and the codec's bytes.
struct PlexoMessage {
  typeName @0 :Text;
  payload @1 :Data;
}
