@main struct Walkback { static func main() {} }
