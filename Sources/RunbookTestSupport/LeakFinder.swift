/// Finds secrets in what a run left behind, by decoding.
public struct LeakFinder {}
