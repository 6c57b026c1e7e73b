    .section .rodata.delivery, "a"
    .global delivery
    .type delivery, %object
delivery:
    .incbin "user-created.http"
    .size delivery, . - delivery
