// SPDX-License-Identifier: Apache-2.0
import Documents
import Plans
import Quantities
import Testing
import TestWorkload
import Traces

@testable import Replays

@Suite struct `A workload that is not built in` {
    private func load(_ workload: String) throws -> Replay {
        try Polls.register()
        return try ReplaysTests.load(goodReplay.replacing("{kind: download, duration: trace}", with: workload))
    }

    @Test func `is read by the keys that it names, and planned`() throws {
        let replay = try load("{kind: polls, answer: 5kB, every: 250ms, burst: 20, burst_at: 4s, deadline: 80ms}")
        let polls = Polls(
            answer: ByteCount(5000), every: .milliseconds(250), burst: 20, burstAt: .seconds(4),
            deadline: .milliseconds(80))
        #expect(replay.workload == Workload(polls))
        let plan = try replay.plan(strategy: .mptcp, seed: 2)
        #expect(plan.workload == Workload(polls) && plan.workload.directions == [.down] && !plan.workload.isBulk)
        #expect(try load("{kind: polls}").workload == Workload(Polls()))
        #expect(try load("{kind: polls}").walkSHA256 != replay.walkSHA256)
        #expect(try load("{kind: polls, burst: 11}").walkSHA256 != load("{kind: polls}").walkSHA256)
    }

    @Test(arguments: [
        ("burst: 1001", "burst '1001' is not a whole number from 0 to 1000"),
        ("every: 2min", "every '2min' is out of range; choose one from 0.001 s to 60 s"),
        ("answer: 5", "answer '5' is not a size with its unit; write it like 'answer: 2kB'"),
        (
            "think: 1s",
            "'think' does not belong to workload 'polls', whose keys are kind, duration, answer, every, burst, "
                + "burst_at, deadline"
        ),
        ("evry: 1s", "unknown key 'evry'; did you mean 'every'?"),
    ])
    func `is read within its limits`(setting: String, message: String) {
        let fault = #expect(throws: Fault.self) { try load("{kind: polls, \(setting)}") }
        #expect(fault?.message.hasSuffix(message) == true, "\(fault?.message ?? "")")
    }
}
