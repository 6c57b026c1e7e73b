    .section .rodata.delivery, "a"
    .global delivery
delivery:
    .incbin "user-created.http"
