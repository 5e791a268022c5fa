#!/bin/bash
# The call of docs/tutorial.md in one terminal. Run it at the root of a checkout, as a user who may write to /run/kahea:
#     uv run asciinema rec -c docs/recordings/first-call.sh first-call.cast
# It needs the packages kamailio (its configuration and kamcmd) and baresip-core, and port 5060.
set -u
phones=$(mktemp -d)
cp -r docs/recordings/phones/. "$phones"
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$phones"' EXIT

show() {
    printf '\n\033[1;32m$\033[0m %s\n' "$1"
    sleep 1
}

show "kahea -f /etc/kamailio/kamailio.cfg -l udp:127.0.0.1:5060 -l tcp:127.0.0.1:5060 -n 2 -DD -E &"
kahea -f /etc/kamailio/kamailio.cfg -l udp:127.0.0.1:5060 -l tcp:127.0.0.1:5060 -n 2 -DD -E &
server=$!
sleep 3
show "baresip -4 -f bob &          # answers by itself"
sleep 60 | baresip -4 -f "$phones/bob" >"$phones/bob.log" 2>&1 &
sleep 2
grep --color=never "200 OK" "$phones/bob.log"
show "kamcmd -s unix:/run/kahea/kamailio_ctl ul.lookup location bob"
kamcmd -s unix:/run/kahea/kamailio_ctl ul.lookup location bob | sed -n 1,10p
show "baresip -4 -f alice          # /dial bob, and /hangup after three seconds"
(sleep 2; echo "/dial bob"; sleep 3; echo "/hangup"; sleep 1; echo "/quit"; sleep 1) |
    baresip -4 -f "$phones/alice" 2>&1 | tr '\r' '\n' | grep --line-buffered -E '200 OK|^call: |Call established|terminated'
show "kill %1"
kill "$server"
wait "$server"
