package io.github.whph.nearby

/** The Rust library with the engine, which the app's window is made of as well. */
const val NATIVE_LIBRARY = "whph_app"

/** The engine without a window, for [io.github.whph.nearby.platform.CatchUpJob]. */
object CatchUp {
    init {
        System.loadLibrary(NATIVE_LIBRARY)
    }

    /**
     * One sync with every device in reach; blocks until that is done, [seconds] are over, or [stopCatchUp] was called. Says how it
     * went in one line: `{"ok":true,"peers":2}` or `{"ok":false,"reason":"…"}`.
     */
    @JvmStatic
    external fun catchUp(dataDir: String, seconds: Int): String

    /** Makes [catchUp] return soon. From another thread, and harmless when nothing runs. */
    @JvmStatic
    external fun stopCatchUp()
}
