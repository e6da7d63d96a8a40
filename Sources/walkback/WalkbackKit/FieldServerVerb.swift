// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Determinism
import Documents
import Glibc
import Probe
import ProbeFormat
import Quantities
import System

struct FieldServerVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "field-server",
        abstract: "The far end for probes, on a public host.",
        discussion: """
            Example: walkback field-server --key-file walk.key

            Serves `walkback record --probe HOST --key-file walk.key` on one port, of UDP and (for \
            --probe-tcp) of TCP, until Ctrl-C. Whoever does not have the \
            key gets nothing: no answer is larger than what asked for it until the client has proven that it has the \
            key and receives what is sent to its address.

            Make a key with: head -c 24 /dev/urandom | base64 > walk.key
            """)

    @Option(help: "A file with the key that recorders have too, of 16 characters or more.")
    var keyFile: String

    @Option(help: "UDP and TCP port.")
    var port: UInt16 = ProbeMessage.port

    @Option(help: "Sessions at a time.")
    var sessions = 64

    @Option(help: "Sessions at a time of one address.")
    var sessionsPerHost = 8

    @Option(help: "What one session is sent at most, as 100Mbit.")
    var rate = "1Gbit"

    @Option(help: "How long one session may last.")
    var timeLimit = "2h"

    func run() throws {
        let cancellation = try Cancellation()
        try Interruption.cancel(cancellation)
        var limits = FieldServer.Limits()
        guard sessions > 0, sessionsPerHost > 0 else { throw Fault(.usage, "--sessions must be 1 or more") }
        (limits.sessions, limits.sessionsPerHost) = (sessions, sessionsPerHost)
        guard let rate = DataRate(text: self.rate), rate > .zero else {
            throw Fault(.usage, "--rate \(self.rate) is no rate; write it with its unit, as 100Mbit")
        }
        guard let time = Duration(text: timeLimit), time >= .seconds(1), time <= .seconds(7 * 24 * 3600) else {
            throw Fault(.usage, "--time-limit \(timeLimit) is no time from 1s to 168h")
        }
        (limits.rate, limits.time) = (rate, time)
        let server = try FieldServer(
            port: port, key: try SharedKey(file: keyFile), limits: limits, say: { Walkback.print(standardError: $0) })
        Walkback.print(standardError: "serving on port \(port)")
        server.run(until: cancellation.descriptor)
    }
}
