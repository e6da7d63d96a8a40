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
        abstract: "Serve the probes of `walkback record`, on a public host.",
        discussion: """
            Example: walkback field-server --key-file walk.key

            The server serves `walkback record --probe HOST --key-file walk.key` on one UDP port and, for --probe-tcp, \
            on the TCP port of the same number, until Ctrl-C. No answer is larger than its request until the client \
            has proven that it has the key and that it receives what is sent to its address, so the server cannot be \
            abused to amplify traffic. Every datagram after that is authenticated. Recorder and server must speak the \
            same version of the probe's protocol; whichever end finds out says which one to update.

            Make a key with: head -c 24 /dev/urandom | base64 > walk.key
            """)

    @Option(help: "File with the key that the recorders share, of 16 characters or more.")
    var keyFile: String

    @Option(help: "Number of the UDP and TCP port.")
    var port: UInt16 = ProbeMessage.port

    @Option(help: "Largest number of sessions at a time.")
    var sessions = 64

    @Option(help: "Largest number of sessions at a time from one address (IPv6: from one /64).")
    var sessionsPerHost = 8

    @Option(help: "Highest rate at which the server sends in one session, for example 100Mbit.")
    var rate = "1Gbit"

    @Option(help: "Longest time that one session may last.")
    var timeLimit = "2h"

    func run() throws {
        let cancellation = try Cancellation()
        try Interruption.cancel(cancellation)
        var limits = FieldServer.Limits()
        guard sessions > 0 else { throw Fault(.usage, "--sessions must be 1 or more") }
        guard sessionsPerHost > 0 else { throw Fault(.usage, "--sessions-per-host must be 1 or more") }
        (limits.sessions, limits.sessionsPerHost) = (sessions, sessionsPerHost)
        guard let rate = DataRate(text: self.rate), rate > .zero else {
            throw Fault(.usage, "--rate \(self.rate) is not a rate above 0; write it with its unit, like 100Mbit")
        }
        guard let time = Duration(text: timeLimit), time >= .seconds(1), time <= .seconds(7 * 24 * 3600) else {
            throw Fault(
                .usage, "--time-limit \(timeLimit) is not a time from 1s to 168h; write it with its unit, like 2h")
        }
        (limits.rate, limits.time) = (rate, time)
        let server = try FieldServer(
            port: port, key: try SharedKey(file: keyFile), limits: limits, say: { Walkback.print(standardError: $0) })
        Walkback.print(standardError: "serving on port \(port)")
        server.run(until: cancellation.descriptor)
    }
}
