package io.crates.keyring

import android.content.Context
import io.github.whph.nearby.NATIVE_LIBRARY

/**
 * The native library's key store looks for this very class: it reaches Android's Keystore through the context given here. Where a
 * window was opened its runtime has done so already, and a second time in one process is an error.
 */
class Keyring {
    companion object {
        init {
            System.loadLibrary(NATIVE_LIBRARY)
        }

        external fun initializeNdkContext(context: Context)
    }
}
