package androidx.activity

import android.app.Activity
import androidx.activity.result.ActivityResultCallback
import androidx.activity.result.ActivityResultLauncher
import androidx.activity.result.contract.ActivityResultContract
import androidx.lifecycle.LifecycleOwner

open class ComponentActivity :
    Activity(),
    LifecycleOwner {
    override val lifecycle get() = TODO()
    val onBackPressedDispatcher: OnBackPressedDispatcher get() = TODO()

    fun <I, O> registerForActivityResult(
        contract: ActivityResultContract<I, O>,
        callback: ActivityResultCallback<O>,
    ): ActivityResultLauncher<I> = TODO()
}

fun ComponentActivity.enableEdgeToEdge() = Unit

abstract class OnBackPressedCallback(var isEnabled: Boolean) {
    abstract fun handleOnBackPressed()
}

class OnBackPressedDispatcher {
    fun addCallback(owner: LifecycleOwner, callback: OnBackPressedCallback) = Unit
}
