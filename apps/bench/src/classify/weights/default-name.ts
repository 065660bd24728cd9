/** What people see of the network that the page starts with. */
export const DEFAULT_NAME = 'CIFAR-10 AlexNet';
