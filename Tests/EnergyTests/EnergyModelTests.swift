import Testing

@testable import Energy

@Suite struct `Energy models` {
    @Test func `have names of their own`() {
        #expect(Set(EnergyModel.all.map(\.name)).count == EnergyModel.all.count)
    }
}
