// SPDX-License-Identifier: Apache-2.0
import Fluid
import Settings
import Testing

@testable import Sweeps

struct `Settings on the fluid engine` {
    @Test func `are settings of a replay`() {
        #expect(FluidRun.settings.subtracting(Setting.all.map(\.key)).isEmpty)
    }

    @Test func `leave out what the kernel alone knows`() {
        #expect(!FluidRun.settings.contains("transport.scheduler"))
        #expect(!FluidRun.settings.contains("mobility.warning"))
    }

    @Test func `are suggested for a misspelt key`() {
        #expect(SweepKey.replayNames.contains("transport.stale_loss_cnt"))
    }
}
